package link

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Conn is the asking side's end of the wire to one worker. It has no goroutine
// while nothing is under way: a call that is alone writes its request and
// reads its reply itself, since each switch of goroutines costs as much as
// the pipe. With several calls, or one that was given up, a goroutine reads.
//
// Its methods may be called from any goroutine, but for [Conn.Agree].
type Conn struct {
	link           Link
	reads, cutsOff bool // callers may read for themselves; long writes can be interrupted
	out            *FrameWriter
	limits         wire.Limits // agreed

	reader *wire.Reader    // for whoever reads
	asm    *wire.Assembler // for whoever reads

	handshake func(wire.Frame) error

	mu          sync.Mutex // protects the following
	calls       map[uint64]*Exchange
	lastID      uint64
	duty        readDuty      // who reads
	skipped     uint64        // bytes of ignored frames since the last PING
	err         error         // why reading ended
	closed      chan struct{} // nothing more will be read
	writeClosed chan struct{} // closed when nothing more can be written
}

// New returns a Conn over a link that nobody else uses; maxBody limits a message
// until [Conn.Agree]. What comes of HELLO, READY and BOOT_ERROR is given to
// handshake, on the goroutine that reads: its error ends the connection.
func New(l Link, maxBody uint64, handshake func(wire.Frame) error) *Conn {
	c := &Conn{
		link: l, handshake: handshake,
		reader: wire.NewReader(l, wire.MaxHello), asm: wire.NewAssembler(maxBody, 0),
		calls: make(map[uint64]*Exchange), closed: make(chan struct{}), writeClosed: make(chan struct{}),
	}
	c.out = NewFrameWriter(l, func() { close(c.writeClosed) })
	c.reads, c.cutsOff = l.Interruptible()
	c.duty.interruptible = c.reads
	return c
}

// Greet sends the first frame, and has the answers read until [Conn.Greeted].
func (c *Conn) Greet(h wire.Hello) error {
	hello, err := wire.AppendHello(nil, h)
	if err != nil {
		return err
	}
	// The worker may not read: the write must not be waited for.
	if err := c.out.Enqueue(wire.KindHello, 0, Bytes(hello), nil); err != nil {
		return err
	}
	c.watch(true)
	return nil
}

// Greeted ends the handshake: from now on what is expected is read.
func (c *Conn) Greeted() { c.watch(false) }

// watch has everything read, whether or not it is expected.
func (c *Conn) watch(on bool) {
	c.mu.Lock()
	c.duty.watched = on
	c.mu.Unlock()
	if on {
		c.ensureReader()
	}
}

// Agree sets what both sides keep to. It is for the handshake's function.
func (c *Conn) Agree(l wire.Limits) {
	c.mu.Lock()
	c.limits = l
	c.mu.Unlock()
	c.out.SetLimits(l)
	c.reader.SetMaxFrame(l.MaxFrame)
	c.asm = wire.NewAssembler(l.MaxBody, 0)
}

// Limits returns what was agreed; it is for after the handshake.
func (c *Conn) Limits() wire.Limits { return c.limits }

// WriteFramesOf has messages cut into frames of at most n bytes, which may be
// fewer than were agreed: a sender may always do that.
func (c *Conn) WriteFramesOf(n uint32) {
	l := c.limits
	l.MaxFrame = n
	c.out.SetLimits(l)
}

// Begin registers an exchange and sends its request, of about so many bytes. A
// call that is alone writes it itself; ctx interrupts that when it has to wait.
// reads tells that the caller is to read, too: see [Conn.Await]. The error is
// [ErrLost], or why the request does not encode; a link that breaks in between is
// told by its end.
func (c *Conn) Begin(ctx context.Context, x *Exchange, build Encoder, size int) (reads bool, err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return false, ErrLost
	}
	c.lastID++
	x.id = c.lastID
	c.calls[x.id] = x
	alone, reads := c.duty.join(x.id, !x.streamed, size > surelyFits)
	c.mu.Unlock()

	switch mayWait := size > surelyFits && ctx.Done() != nil; {
	case !alone || !c.reads || mayWait && !c.cutsOff:
		err = c.out.Enqueue(wire.KindRequest, x.id, build, &x.end)
	case mayWait:
		err = c.writeLong(ctx, x, build)
	default:
		err = c.out.Message(wire.KindRequest, x.id, build, &x.end)
	}
	if reads && size > surelyFits {
		c.mu.Lock()
		reads = c.duty.written(x.id)
		c.mu.Unlock()
	}
	if err == nil || c.out.Broken() {
		return reads, nil // a link that breaks now is told by its end, with the reason
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(x.id)
	return false, err
}

// surelyFits is how long a request may be to fit into an empty pipe on every
// system, so that writing it cannot wait.
const surelyFits = 4 << 10

// writeLong writes a request that may have to wait, until ctx ends: then a
// goroutine goes on with it.
func (c *Conn) writeLong(ctx context.Context, x *Exchange, build Encoder) error {
	id := x.id // x may be another call's by the time
	c.mu.Lock()
	c.duty.writes(id)
	c.mu.Unlock()
	defer c.restoreWrites()
	defer context.AfterFunc(ctx, func() { c.interruptWrite(id) })()
	return c.out.Message(wire.KindRequest, id, build, &x.end)
}

// restoreWrites tells that no call writes a long request any more, and undoes
// what interrupted one.
func (c *Conn) restoreWrites() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.duty.wrote() {
		c.link.InterruptWrites(false)
	}
}

// interruptWrite interrupts the write of the call id, if it is still at it.
func (c *Conn) interruptWrite(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.duty.interruptWrite(id) {
		c.link.InterruptWrites(true)
	}
}

// Await waits until x has an answer, or until ctx ends, which is the error. reads
// is what [Conn.Begin] returned.
func (c *Conn) Await(ctx context.Context, x *Exchange, reads bool) error {
	if reads {
		c.readUntilAnswered(ctx, x)
	} else {
		c.ensureReader()
	}
	if x.Answered() {
		return nil
	}
	select {
	case <-x.ready:
		return nil
	case <-ctx.Done():
		return actor.ContextError(ctx)
	}
}

// Cancel has the worker end the call, whose end is awaited.
func (c *Conn) Cancel(x *Exchange, why string) {
	_ = c.out.Enqueue(wire.KindCancel, x.id, Bytes(wire.AppendText(nil, why)), nil)
	c.ensureReader()
}

// Stop has the worker begin nothing more, and end when it has nothing to do.
func (c *Conn) Stop() {
	_ = c.out.Enqueue(wire.KindStop, 0, Bytes(nil), nil)
	c.ensureReader()
}

// Ping asks for a sign of life, and returns how many times that was done
// before without an answer.
func (c *Conn) Ping() (unanswered uint64) {
	c.mu.Lock()
	token, unanswered := c.duty.ping()
	c.skipped = 0
	c.mu.Unlock()
	_ = c.out.Enqueue(wire.KindPing, 0, Bytes(wire.AppendPing(nil, token)), nil)
	c.ensureReader()
	return unanswered
}

// Unanswered returns how many pings have no answer.
func (c *Conn) Unanswered() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.duty.unanswered()
}

// takePong takes the answer to a PING.
func (c *Conn) takePong(p wire.Pong) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.duty.pong(p.Token) {
		return fmt.Errorf("a %s came that no PING has asked for", wire.KindPong)
	}
	return nil
}

// Fail ends the connection for a reason of the caller's: the worker broke the
// protocol, and is told how. Only the first end counts.
func (c *Conn) Fail(err error) { c.end(err) }

// ReadToEnd reads whatever is still there, at most for d: then the link is
// over, whoever holds its other end.
func (c *Conn) ReadToEnd(d time.Duration) {
	c.watch(true)
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-c.closed:
	case <-limit.C:
		_ = c.link.Close()
		c.end(io.ErrUnexpectedEOF)
	}
}

// Close closes the link.
func (c *Conn) Close() error { return c.link.Close() }

// Closed returns a channel that is closed when nothing more will be read.
func (c *Conn) Closed() <-chan struct{} { return c.closed }

// WriteClosed returns a channel that is closed when nothing more can be written.
func (c *Conn) WriteClosed() <-chan struct{} { return c.writeClosed }

// Reason returns why reading ended; nil as long as it has not, and at an orderly
// end.
func (c *Conn) Reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil || IsEnd(c.err) {
		return nil
	}
	return c.err
}

// Carried returns how many calls the connection has had.
func (c *Conn) Carried() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lastID
}

// Sent returns how many bytes the worker was sent, at most.
func (c *Conn) Sent() uint64 { return c.out.Sent() }

// ReadByWorker returns how many of the bytes it was sent a dead worker had
// read, at most: all that were written, where the system cannot tell.
func (c *Conn) ReadByWorker() uint64 {
	sent := c.out.Sent()
	if left, ok := c.link.Unread(); ok {
		return sent - min(sent, uint64(left))
	}
	return sent
}

// TakeOpen takes out all calls, for the caller to finish.
func (c *Conn) TakeOpen() []*Exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	open := make([]*Exchange, 0, len(c.calls))
	for id, x := range c.calls {
		open = append(open, x)
		delete(c.calls, id)
	}
	c.duty.leaveAll()
	return open
}
