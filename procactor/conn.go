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

	mu       sync.Mutex // protects the following
	calls    map[uint64]*exchange
	lastID   uint64
	reading  bool          // somebody reads
	leader   *exchange     // the call that reads for itself
	sending  bool          // it is writing a long request, and does not read yet
	writer   uint64        // the call that writes a long request itself; 0: none
	cutWrite bool          // the write deadline was moved to interrupt it
	kicked   bool          // the read deadline was moved to interrupt the leader
	pinged   uint64        // the token of the last PING
	ponged   uint64        // and of the last PONG
	skipped  uint64        // bytes of ignored frames since the last PING
	watched  bool          // read to the end, whether or not calls are there
	err      error         // why reading ended
	closed   chan struct{} // nothing more will be read
	mute     chan struct{} // closed when nothing more can be written
}

func newConn(rw io.ReadWriteCloser, maxFrame uint32) *conn {
	c := &conn{rw: rw, calls: make(map[uint64]*exchange), closed: make(chan struct{})}
	c.out.w = rw
	c.reader = wire.NewReader(rw, maxFrame)
	// A channel of a test may be anything: if it has no deadlines, callers leave
	// the reading to a goroutine.
	if d, ok := rw.(*duplex); ok && d.SetReadDeadline(time.Time{}) == nil {
		c.duplex = d
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
	alone := len(c.calls) == 1
	if leads = alone && c.duplex != nil && !c.reading && !x.streamed; leads {
		c.reading, c.leader = true, x
		c.sending = size > surelyFits
	}
	c.mu.Unlock()

	switch {
	case !alone || c.duplex == nil || size > surelyFits && ctx.Done() != nil && !cutsWrites:
		err = c.out.enqueue(wire.KindRequest, x.id, build, &x.end)
	case size > surelyFits && ctx.Done() != nil:
		id := x.id // x may be another call's by the time
		c.interruptWrites(id)
		stop := context.AfterFunc(ctx, func() { c.interruptWrite(id) })
		err = c.out.message(wire.KindRequest, id, build, &x.end)
		stop()
		c.interruptWrites(0)
	default:
		err = c.out.message(wire.KindRequest, x.id, build, &x.end)
	}
	if leads && size > surelyFits {
		c.mu.Lock()
		leads = c.leader == x // else somebody reads in its place
		c.sending = c.sending && !leads
		c.mu.Unlock()
	}
	if err == nil || c.out.broken() {
		return leads, nil // a link that breaks now is told by its end, with the reason
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.calls, x.id)
	if c.leader == x {
		c.resign()
	}
	return false, err
}

// interruptWrites says which call's write may be interrupted from now on; 0:
// none, and what interrupted one before is undone.
func (c *conn) interruptWrites(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer = id; id == 0 && c.cutWrite {
		c.cutWrite = false
		_ = c.duplex.SetWriteDeadline(time.Time{})
	}
}

// interruptWrite interrupts the write of the call id, if it is still at it.
func (c *conn) interruptWrite(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer == id {
		c.cutWrite = true
		_ = c.duplex.SetWriteDeadline(time.Unix(1, 0))
	}
}

// surelyFits is how long a request may be to fit into an empty pipe on every
// system, so that writing it cannot wait.
const surelyFits = 4 << 10

// errLinkLost says that the worker was gone before the request was sent.
var errLinkLost = errors.New("the link to the worker is lost")

// lead reads in the caller's goroutine until x has an answer, or ctx or the link
// has ended.
func (c *conn) lead(ctx context.Context, x *exchange) {
	if ctx.Done() != nil {
		id := x.id // x may be another call's by the time
		defer context.AfterFunc(ctx, func() { c.kick(id) })()
	}
	for ctx.Err() == nil && c.readOne() {
		if x.isReady() {
			return // dispatch has taken the leadership back
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leader == x {
		c.resign()
	}
}

// kick interrupts the call id in its read, if it leads.
func (c *conn) kick(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leader != nil && c.leader.id == id {
		c.kicked = true
		_ = c.duplex.SetReadDeadline(time.Unix(1, 0))
	}
}

// resign ends the leader's reading; a goroutine goes on if need be. With c.mu
// held.
func (c *conn) resign() {
	c.leader = nil
	if c.kicked {
		c.kicked = false
		_ = c.duplex.SetReadDeadline(time.Time{})
	}
	if c.err == nil && c.wanted() {
		go c.readOn()
		return
	}
	c.reading = false
}

// wanted reports whether frames are to be expected. With c.mu held.
func (c *conn) wanted() bool {
	return c.duplex == nil || c.watched || len(c.calls) > 0 || c.pinged > c.ponged
}

// ensureReader has somebody read.
func (c *conn) ensureReader() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sending { // the leader may have to wait until somebody reads
		c.leader, c.sending = nil, false
		go c.readOn()
		return
	}
	if c.reading || c.err != nil {
		return
	}
	c.reading = true
	go c.readOn()
}

// readOn reads as long as frames are expected.
func (c *conn) readOn() {
	for c.readOne() {
		c.mu.Lock()
		if !c.wanted() {
			c.reading = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
	}
	c.mu.Lock()
	c.reading = false
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
	return c.kicked
}

// end records why reading is over; calls are failed by who knows how the
// process ended. A worker that broke the protocol is told how.
func (c *conn) end(err error) {
	c.mu.Lock()
	first := c.err == nil
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
	c.watched = true
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
	c.watched = on
	c.mu.Unlock()
	if on {
		c.ensureReader()
	}
}

// ping asks for a sign of life, and returns how many times that was done
// before without an answer.
func (c *conn) ping() (unanswered uint64) {
	c.mu.Lock()
	unanswered = c.pinged - c.ponged
	c.pinged++
	c.skipped = 0
	token := c.pinged
	c.mu.Unlock()
	_ = c.out.enqueue(wire.KindPing, 0, bytesOf(wire.AppendPing(nil, token)), nil)
	c.ensureReader()
	return unanswered
}

// takePong takes the answer to a PING, which stands for those before it, too.
func (c *conn) takePong(p wire.Pong) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.Token <= c.ponged || p.Token > c.pinged {
		return fmt.Errorf("a %s came that no PING has asked for", wire.KindPong)
	}
	c.ponged = p.Token
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
