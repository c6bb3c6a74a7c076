package actor

import (
	"context"
	"sync/atomic"

	"github.com/proctor-dev/proctor/internal/record"
)

// wake is called by the queue when there is something to take and nobody is
// taking; gen says for which consumer.
func (c *cell[Req, Resp]) wake(gen uint64) {
	c.wakeGen.Store(gen)
	c.sys.runners.run(c.runFunc)
}

// run takes until nothing is left, or the life ends. Of two runs scheduled by
// a quick succession of lives the second finds no generation and returns.
func (c *cell[Req, Resp]) run() {
	gen := c.wakeGen.Swap(0)
	if gen == 0 {
		return
	}
	i := c.life.Load()
	i.running.Add(1)
	casts := false // then this goroutine may have stayed inside
	defer func() {
		if casts && i.state.Load()&inside != 0 {
			i.leave()
		}
		i.running.Add(-1)
		c.quiet.signal()
	}()
	for {
		e, ok := c.queue.Next(gen)
		if !ok {
			return
		}
		switch s := e.slot; {
		case s == nil:
			casts = true
			ok = c.handle(i, e.req, nil, i.ctx)
		case s.exit == i.life:
			c.terminate(i, i.life.StopRequested())
			return
		case s.exit != nil: // a signal for an earlier life is dropped
		case s.cast:
			casts = true
			ctx := newRequestContext(s.ctx, i.life)
			c.recycle(s)
			ok = c.handle(i, e.req, nil, ctx)
		case !s.start():
			c.discard(s)
		case s.ctx == nil:
			ok = c.handle(i, e.req, s, i.ctx)
		default:
			ok = c.handle(i, e.req, s, newRequestContext(s.ctx, i.life))
		}
		if !ok {
			return
		}
	}
}

// handle serves one request, whose caller waits at slot (nil for a cast); false
// when the life is over.
func (c *cell[Req, Resp]) handle(i *incarnation[Req, Resp], req Req, slot *replySlot[Resp], ctx *requestContext) bool {
	if !i.enter(slot) {
		// Killed between taking and beginning: nobody else knows of this one. Whoever
		// killed it ends the life, and who is answered may ask about that.
		<-i.life.Over()
		c.answer(envelope[Req, Resp]{req, slot}, NotStarted, i.lost())
		return false
	}
	var out *emitter[Resp]
	var emit func(Resp) error
	if i.fn == nil { // a Func has no use for emit, which costs an allocation
		emit = discard[Resp]
		if slot != nil {
			out = &emitter[Resp]{slot: slot, ctx: ctx}
			emit = out.emit
		}
	}
	resp, err, crash := c.invoke(i, ctx, req, emit)
	c.finish(i, ctx)
	if out != nil {
		resp = out.close()
	}
	heard := false
	if slot == nil {
		heard = i.stay()
	} else {
		heard = i.leave()
	}
	if !heard {
		if crash != nil { // after it was abandoned: there is no other trace of it
			c.panicked(i.life, crash)
		}
		return false
	}
	err = SafeError(err)
	stop, stopping := asStop(err)
	if stopping {
		err = nil
	}
	if crash != nil {
		c.panicked(i.life, crash)
		c.crashed(i, slot, crash)
		return false
	}
	if slot != nil {
		if slot.items != nil && i.fn != nil && err == nil {
			slot.items <- resp // the first item: there is room
		}
		c.reply(i, slot, resp, err, nil)
	}
	if stopping {
		c.terminate(i, stop.reason)
		return false
	}
	return true
}

// crashed ends the life, and so the request that it crashed in, nil for a cast.
func (c *cell[Req, Resp]) crashed(i *incarnation[Req, Resp], slot *replySlot[Resp], crash *PanicError) {
	i.life.EndAnswering(crash, func() {
		if slot != nil {
			var none Resp
			c.reply(i, slot, none, nil, crash)
		}
	})
}

// finish ends the context of a request. The shared one is ended only if
// somebody looked at its end, and replaced then: it costs nothing otherwise.
func (c *cell[Req, Resp]) finish(i *incarnation[Req, Resp], ctx *requestContext) {
	if ctx != i.ctx {
		ctx.finish()
		return
	}
	if ctx.looked.Load() {
		ctx.finish()
		i.ctx = newRequestContext(context.Background(), i.life)
	}
}

// reply answers the caller of a request that has run.
func (c *cell[Req, Resp]) reply(i *incarnation[Req, Resp], s *replySlot[Resp], resp Resp, err error, crash *PanicError) {
	var answer error
	if err != nil || crash != nil {
		call := &CallError{Op: "call", PID: i.life.pid, Delivery: Done, Err: err}
		if s.items != nil {
			call.Op = "stream"
		}
		if crash != nil {
			call.Delivery, call.Err = Unknown, crash
		}
		var none Resp
		answer, resp = call, none
	}
	if !s.finish(resp, answer) {
		c.recycle(s)
	}
}

// invoke runs the behavior and turns a panic, or the end of the goroutine,
// into a value.
func (c *cell[Req, Resp]) invoke(i *incarnation[Req, Resp], ctx *requestContext, req Req, emit func(Resp) error) (resp Resp, err error, crash *PanicError) { //nolint:revive,staticcheck // the panic is no error of the request
	normal := false
	defer func() {
		if normal {
			return
		}
		if v := recover(); v != nil {
			crash = NewPanicError(v)
			return
		}
		// Goexit: this goroutine is lost, so the end is dealt with here.
		crash = NewPanicError(goexit{})
		c.finish(i, ctx)
		c.exited(i, crash)
	}()
	if i.fn != nil {
		resp, err = i.fn(ctx, req)
	} else {
		err = i.behavior.Receive(ctx, req, emit)
	}
	normal = true
	return resp, err, nil
}

// exited deals with a behavior that ended its goroutine.
func (c *cell[Req, Resp]) exited(i *incarnation[Req, Resp], crash *PanicError) {
	slot := i.current
	heard := i.leave()
	record.ActorLeft.Log(c.sys.Logger(), record.PID(i.life.pid), record.Stack(crash.Stack))
	if heard {
		c.crashed(i, slot, crash)
	}
}

// panicked has the log tell of a panic; whoever recovered it does so, once.
func (c *cell[Req, Resp]) panicked(l *Life, crash *PanicError) {
	record.ActorPanicked.Log(c.sys.Logger(), record.PID(l.pid), record.Panic(crash.Value), record.Stack(crash.Stack))
}

// terminate ends the life in order.
func (c *cell[Req, Resp]) terminate(i *incarnation[Req, Resp], reason error) {
	t, ok := i.behavior.(Terminator)
	if !ok || !i.enter(nil) {
		i.life.End(reason)
		return
	}
	// Deferred, since Terminate may end this goroutine.
	var crash *PanicError
	returned := false
	defer func() {
		if !returned {
			crash = NewPanicError(goexit{})
		}
		if crash != nil {
			record.TerminatePanicked.Log(c.sys.Logger(), record.PID(i.life.pid), record.Panic(crash.Value), record.Stack(crash.Stack))
			reason = crash
		}
		if i.leave() {
			i.life.End(reason)
		}
	}()
	crash = guard(func() { t.Terminate(reason) })
	returned = true
}

// guard runs f and returns its panic.
func guard(f func()) (crash *PanicError) {
	defer func() {
		if v := recover(); v != nil {
			crash = NewPanicError(v)
		}
	}()
	f()
	return nil
}

// stop is the life's OnStop: the exit signal overtakes what is queued.
func (c *cell[Req, Resp]) stop(l *Life) {
	var e envelope[Req, Resp]
	e.slot = &replySlot[Resp]{exit: l}
	if err := c.queue.PutUrgent(e); err != nil {
		l.End(l.reasonOr(ErrShutdown)) // the queue is closed: nobody will take it
	}
}

// kill is the life's OnKill: the goroutine is abandoned, its caller answered.
func (c *cell[Req, Resp]) kill(i *incarnation[Req, Resp], reason error) {
	slot := i.kill()
	i.life.EndAnswering(reason, func() {
		if slot == nil {
			return
		}
		var none Resp
		call := &CallError{Op: "call", PID: i.life.pid, Delivery: Unknown, Err: reason}
		if slot.items != nil {
			call.Op = "stream"
		}
		slot.finish(none, call)
	})
}

func discard[Resp any](Resp) error { return nil }

// emitter is the emit of one request; after the request it only fails.
type emitter[Resp any] struct {
	slot *replySlot[Resp]
	ctx  context.Context
	over atomic.Bool
	sent bool
	resp Resp
}

func (e *emitter[Resp]) emit(v Resp) error {
	if e.over.Load() {
		return ErrSecondReply
	}
	if e.slot.items == nil {
		if e.sent {
			return ErrSecondReply
		}
		e.sent, e.resp = true, v
		return nil
	}
	select {
	case e.slot.items <- v:
		return nil
	default:
	}
	select {
	case e.slot.items <- v:
		return nil
	case <-e.ctx.Done():
		return ContextError(e.ctx)
	}
}

func (e *emitter[Resp]) close() Resp {
	e.over.Store(true)
	return e.resp
}
