package actor

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/mailbox"
)

// envelope is one item of a mailbox: a request, or, in the urgent lane, an exit
// signal. It is copied into and out of the mailbox, so whatever a plain cast
// does not need hangs on the slot.
type envelope[Req, Resp any] struct {
	req  Req
	slot *replySlot[Resp] // nil for a cast without a context of its own
}

func (e envelope[Req, Resp]) isCast() bool { return e.slot == nil || e.slot.cast }

// cell is the local Target: it outlives the lives that fill it, and owns the
// mailbox and the callers.
type cell[Req, Resp any] struct {
	sys     *System
	path    string
	queue   *mailbox.Queue[envelope[Req, Resp]]
	runFunc func() // c.run, made once
	wakeGen atomic.Uint64
	life    atomic.Pointer[incarnation[Req, Resp]]
	slots   sync.Pool
	unheard atomic.Int64 // requests in the queue whose callers have gone; never less than there are
	quiet   quiescence
}

func newCell[Req, Resp any](sys *System, path string, box mailbox.Config) *cell[Req, Resp] {
	c := &cell[Req, Resp]{sys: sys, path: path}
	c.runFunc = c.run
	c.slots.New = func() any { return &replySlot[Resp]{ready: make(chan struct{}, 1)} }
	c.queue = mailbox.NewScheduled(box, c.dropped, c.wake)
	c.queue.Suspend()
	return c
}

// prepare hands the cell the life it will be filled with.
func (c *cell[Req, Resp]) prepare(i *incarnation[Req, Resp]) { c.life.Store(i) }

// Live implements [Cell].
func (c *cell[Req, Resp]) Live(*Life) { c.queue.Resume() }

// Held implements [Cell].
func (c *cell[Req, Resp]) Held() { c.queue.Suspend() }

// Gone implements [Cell].
func (c *cell[Req, Resp]) Gone(reason error) {
	c.queue.Suspend()
	err := gone(reason)
	var letters []DeadLetter
	for _, e := range c.queue.Close() {
		if e.isCast() {
			letters = append(letters, c.deadLetter(e, err))
			continue
		}
		c.answer(e, NotSent, err)
	}
	if len(letters) > 0 {
		c.sys.dead.add(c.sys, letters)
	}
	c.quiet.signal()
}

// deadLetter makes one of a cast.
func (c *cell[Req, Resp]) deadLetter(e envelope[Req, Resp], why error) DeadLetter {
	l := DeadLetter{To: PID{Name: c.path}, Request: e.req, Reason: why}
	if i := c.life.Load(); i != nil {
		l.To = i.life.pid
	}
	return l
}

func gone(reason error) error {
	if reason == nil || reason == ErrNoActor { //nolint:errorlint // the very sentinel adds nothing to itself
		return ErrNoActor
	}
	return fmt.Errorf("%w: %w", ErrNoActor, reason)
}

func (c *cell[Req, Resp]) dropped(e envelope[Req, Resp]) {
	err := fmt.Errorf("%w: evicted by a newer request", ErrFull)
	if e.isCast() {
		c.sys.DeadLetter(c.deadLetter(e, err))
		return
	}
	c.answer(e, NotSent, err)
}

// answer fails a request that was not begun.
func (c *cell[Req, Resp]) answer(e envelope[Req, Resp], d Delivery, err error) {
	if e.slot == nil || !e.slot.awaited() {
		return
	}
	op := "call"
	if e.slot.items != nil {
		op = "stream"
	}
	var none Resp
	if !e.slot.finish(none, &CallError{Op: op, PID: c.address(), Delivery: d, Err: err}) {
		c.discard(e.slot)
	}
}

// address is the PID for errors: the life's if there is one.
func (c *cell[Req, Resp]) address() PID {
	if pid, ok := c.PID(); ok {
		return pid
	}
	return PID{Name: c.path}
}

// slot returns a slot for a request under ctx. The background is left out: it
// costs a request nothing.
func (c *cell[Req, Resp]) slot(ctx context.Context) *replySlot[Resp] {
	s := c.slots.Get().(*replySlot[Resp]) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	if ctx != context.Background() {
		s.ctx = ctx
	}
	return s
}

// abandon gives up the request of slot, which was admitted.
func (c *cell[Req, Resp]) abandon(slot *replySlot[Resp]) (Delivery, bool) {
	c.unheard.Add(1)
	d, gaveUp := slot.abandon()
	if !gaveUp || d != NotStarted {
		c.unheard.Add(-1)
	}
	return d, gaveUp
}

// discard takes back the slot of a request whose caller has gone.
func (c *cell[Req, Resp]) discard(s *replySlot[Resp]) {
	if s.neverBegun() {
		c.unheard.Add(-1)
	}
	c.recycle(s)
}

func (c *cell[Req, Resp]) recycle(s *replySlot[Resp]) {
	if s.items != nil {
		return
	}
	s.reset()
	c.slots.Put(s)
}

// Name implements [Target].
func (c *cell[Req, Resp]) Name() string { return c.path }

// PID implements [Target].
func (c *cell[Req, Resp]) PID() (PID, bool) {
	i := c.life.Load()
	if i == nil || i.life.Reason() != nil {
		return PID{}, false
	}
	return i.life.pid, true
}

// Watch implements [Target].
func (c *cell[Req, Resp]) Watch(ctx context.Context) <-chan Down { return c.sys.WatchAt(ctx, c.path) }
