package procactor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// conn is the parent's side of the wire to one worker. It has no goroutine
// while nothing is under way: a call that is alone writes its request and
// reads its reply itself, since each switch of goroutines costs as much as
// the pipe. With several calls, or one that was given up, a goroutine reads.
type conn struct {
	rw     io.ReadWriteCloser
	duplex *duplex // rw, if callers may read and write themselves; else nil
	out    frameWriter
	limits wire.Limits // agreed

	reader *wire.Reader    // for whoever reads
	asm    *wire.Assembler // for whoever reads

	onBoot func(wire.Frame) error // HELLO, READY, BOOT_ERROR

	mu      sync.Mutex // protects the following
	calls   map[uint64]*exchange
	lastID  uint64
	duty    readDuty      // who reads
	skipped uint64        // bytes of ignored frames since the last PING
	err     error         // why reading ended
	closed  chan struct{} // nothing more will be read
	mute    chan struct{} // closed when nothing more can be written
}

func newConn(rw io.ReadWriteCloser, maxFrame uint32) *conn {
	c := &conn{rw: rw, calls: make(map[uint64]*exchange), closed: make(chan struct{})}
	c.out.w = rw
	c.reader = wire.NewReader(rw, maxFrame)
	// A channel of a test may be anything: if it has no deadlines, callers leave
	// the reading to a goroutine.
	if d, ok := rw.(*duplex); ok && d.SetReadDeadline(time.Time{}) == nil {
		c.duplex, c.duty.interruptible = d, true
	}
	c.mute = make(chan struct{})
	c.out.failed = func() { close(c.mute) }
	return c
}

// begin registers an exchange and sends its request. A call that is alone
// writes it itself; ctx interrupts that when it has to wait. leads tells that the
// caller is to read, too: by lead.
func (c *conn) begin(ctx context.Context, x *exchange, build encoder, size int) (leads bool, err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return false, errLinkLost
	}
	c.lastID++
	x.id = c.lastID
	c.calls[x.id] = x
	alone, leads := c.duty.join(x.id, !x.streamed, size > surelyFits)
	c.mu.Unlock()

	switch {
	case !alone || c.duplex == nil || size > surelyFits && ctx.Done() != nil && !cutsWrites:
		err = c.out.enqueue(wire.KindRequest, x.id, build, &x.end)
	case size > surelyFits && ctx.Done() != nil:
		id := x.id // x may be another call's by the time
		c.mu.Lock()
		c.duty.writes(id)
		c.mu.Unlock()
		stop := context.AfterFunc(ctx, func() { c.interruptWrite(id) })
		err = c.out.message(wire.KindRequest, id, build, &x.end)
		stop()
		c.restoreWrites()
	default:
		err = c.out.message(wire.KindRequest, x.id, build, &x.end)
	}
	if leads && size > surelyFits {
		c.mu.Lock()
		leads = c.duty.written(x.id)
		c.mu.Unlock()
	}
	if err == nil || c.out.broken() {
		return leads, nil // a link that breaks now is told by its end, with the reason
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(x.id)
	return false, err
}

// drop takes out a call, if it is still there. c.mu must be held.
func (c *conn) drop(id uint64) {
	if _, open := c.calls[id]; open {
		delete(c.calls, id)
		c.do(c.duty.leave(id))
	}
}

// do carries out what a transition of the duty asks for. c.mu must be held.
func (c *conn) do(s readSteps) {
	if s.interrupt {
		_ = c.duplex.SetReadDeadline(time.Unix(1, 0))
	}
	if s.restore {
		_ = c.duplex.SetReadDeadline(time.Time{})
	}
	if s.begin {
		go c.readOn()
	}
}

// restoreWrites tells that no call writes a long request any more, and undoes
// what interrupted one.
func (c *conn) restoreWrites() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.duty.wrote() {
		_ = c.duplex.SetWriteDeadline(time.Time{})
	}
}

// interruptWrite interrupts the write of the call id, if it is still at it.
func (c *conn) interruptWrite(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.duty.interruptWrite(id) {
		_ = c.duplex.SetWriteDeadline(time.Unix(1, 0))
	}
}

// surelyFits is how long a request may be to fit into an empty pipe on every
// system, so that writing it cannot wait.
const surelyFits = 4 << 10

// errLinkLost says that the worker was gone before the request was sent.
var errLinkLost = errors.New("the link to the worker is lost")

// readUntilAnswered reads in the caller's goroutine until x has an answer, or ctx
// or the link has ended.
func (c *conn) readUntilAnswered(ctx context.Context, x *exchange) {
	id := x.id // x may be another call's by the time
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, func() { c.interruptRead(id) })()
	}
	for ctx.Err() == nil && c.readOne() {
		if x.isReady() {
			return // dispatch has ended the duty
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.do(c.duty.resign(id))
}

// interruptRead has the call id stop reading, if it does so for itself.
func (c *conn) interruptRead(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.do(c.duty.interrupt(id))
}

// ensureReader has somebody read.
func (c *conn) ensureReader() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.do(c.duty.need())
}

// readOn reads as long as frames are expected.
func (c *conn) readOn() {
	for c.readOne() {
		c.mu.Lock()
		goesOn := c.duty.goesOn()
		c.mu.Unlock()
		if !goesOn {
			return
		}
	}
	c.mu.Lock()
	c.duty.stopped()
	c.mu.Unlock()
}

// readOne takes one frame; false when the link has ended, or when the leader
// was interrupted.
func (c *conn) readOne() bool {
	f, err := c.reader.Next()
	if err != nil {
		if c.interrupted(err) {
			return false
		}
		c.end(err)
		return false
	}
	if f.Flags&wire.FlagMore != 0 && f.Kind != wire.KindChunk && !c.underWay(f.ID) {
		c.end(errNotUnderWay(f)) // before the memory fills with what nobody asked for
		return false
	}
	whole, ok, err := c.asm.Add(f)
	switch {
	case err != nil && isBodyLimit(err):
		if err := c.tooLong(whole, err); err != nil {
			c.end(err)
			return false
		}
	case err != nil:
		c.end(err)
		return false
	case ok:
		if err := c.dispatch(whole); err != nil {
			c.end(err)
			return false
		}
	}
	return true
}

func (c *conn) interrupted(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.duty.interrupted
}

// end records why reading is over; calls are failed by who knows how the
// process ended. A worker that broke the protocol is told how.
func (c *conn) end(err error) {
	c.mu.Lock()
	first := c.duty.end()
	if first {
		c.err = err
		close(c.closed)
	}
	c.mu.Unlock()
	if _, refused := errors.AsType[*refusedError](err); !first || refused || isEOF(err) {
		return
	}
	_ = c.out.enqueue(wire.KindRefuse, 0, bytesOf(wire.AppendText(nil, err.Error())), nil)
}

// readToEnd reads whatever is still there, at most for d: then the link is
// over, whoever holds its other end.
func (c *conn) readToEnd(d time.Duration) {
	c.mu.Lock()
	c.duty.watched = true
	c.mu.Unlock()
	c.ensureReader()
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-c.closed:
	case <-limit.C:
		_ = c.rw.Close()
		c.end(io.ErrUnexpectedEOF)
	}
}

// watch reads all the time from now on: during the handshake.
func (c *conn) watch(on bool) {
	c.mu.Lock()
	c.duty.watched = on
	c.mu.Unlock()
	if on {
		c.ensureReader()
	}
}

// ping asks for a sign of life, and returns how many times that was done
// before without an answer.
func (c *conn) ping() (unanswered uint64) {
	c.mu.Lock()
	token, unanswered := c.duty.ping()
	c.skipped = 0
	c.mu.Unlock()
	_ = c.out.enqueue(wire.KindPing, 0, bytesOf(wire.AppendPing(nil, token)), nil)
	c.ensureReader()
	return unanswered
}

// takePong takes the answer to a PING, which stands for those before it, too.
func (c *conn) takePong(p wire.Pong) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.duty.pong(p.Token) {
		return fmt.Errorf("a %s came that no PING has asked for", wire.KindPong)
	}
	return nil
}

// readByWorker returns how many of the bytes it was sent a dead worker had
// read, at most: all that were written, where the system cannot tell.
func (c *conn) readByWorker() uint64 {
	sent := c.out.sent()
	if c.duplex == nil {
		return sent
	}
	if left, ok := c.duplex.unread(); ok {
		return sent - min(sent, uint64(left))
	}
	return sent
}

// leftover takes out all calls, for who answers them.
func (c *conn) leftover() []*exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := make([]*exchange, 0, len(c.calls))
	for id, x := range c.calls {
		left = append(left, x)
		delete(c.calls, id)
	}
	c.duty.leaveAll()
	return left
}

// reason returns why reading ended, nil at an orderly end.
func (c *conn) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil || isEOF(c.err) {
		return nil
	}
	return c.err
}
