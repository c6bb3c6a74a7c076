package actor

import (
	"context"
	"iter"
	"sync/atomic"
)

// Call implements [Target].
func (c *cell[Req, Resp]) Call(ctx context.Context, req Req) (Resp, error) {
	var none Resp
	if err := c.refuseCall(ctx); err != nil {
		return none, err
	}
	slot := c.slot(ctx)
	if err := c.admit(ctx, envelope[Req, Resp]{req, slot}); err != nil {
		c.recycle(slot)
		if next, ok := c.successor(err); ok {
			return next.Call(ctx, req)
		}
		return none, c.refused("call", err)
	}
	if done := ctx.Done(); done == nil {
		<-slot.ready
	} else {
		select {
		case <-slot.ready:
		case <-done:
			if d, gaveUp := c.abandon(slot); gaveUp {
				return none, &CallError{Op: "call", PID: c.address(), Delivery: d, Err: ContextError(ctx)}
			}
			<-slot.ready
		}
	}
	resp, err := slot.resp, slot.err
	c.recycle(slot)
	return resp, err
}

// refuseCall answers what needs no mailbox to be refused.
func (c *cell[Req, Resp]) refuseCall(ctx context.Context) error {
	if ctx.Err() != nil {
		return c.refused("call", ContextError(ctx))
	}
	if isSelf(ctx, c) {
		return c.refused("call", ErrSelfCall)
	}
	return nil
}

// Cast implements [Target].
func (c *cell[Req, Resp]) Cast(ctx context.Context, req Req) error {
	if ctx.Err() != nil {
		return c.refused("cast", ContextError(ctx))
	}
	e := envelope[Req, Resp]{req: req}
	if ctx != context.Background() {
		e.slot = c.slot(context.WithoutCancel(ctx)) // cancellation must not follow a cast
		e.slot.cast = true
	}
	err := c.admit(ctx, e)
	if err == nil {
		return nil
	}
	if e.slot != nil {
		c.recycle(e.slot)
	}
	if next, ok := c.successor(err); ok {
		return next.Cast(ctx, req)
	}
	return c.refused("cast", err)
}

// streamWindow is how many items a handler may be ahead of its consumer.
const streamWindow = 16

// Stream implements [Target].
func (c *cell[Req, Resp]) Stream(ctx context.Context, req Req) iter.Seq2[Resp, error] {
	var used atomic.Bool
	return func(yield func(Resp, error) bool) {
		var none Resp
		if used.Swap(true) {
			yield(none, c.refused("stream", ErrStreamUsed))
			return
		}
		if ctx.Err() != nil {
			yield(none, c.refused("stream", ContextError(ctx)))
			return
		}
		if isSelf(ctx, c) {
			yield(none, c.refused("stream", ErrSelfCall))
			return
		}
		handler, cancel := context.WithCancelCause(ctx)
		defer cancel(ErrStreamBroken)
		slot := &replySlot[Resp]{ctx: handler, ready: make(chan struct{}, 1), items: make(chan Resp, streamWindow)}
		if err := c.admit(ctx, envelope[Req, Resp]{req, slot}); err != nil {
			if next, ok := c.successor(err); ok {
				next.Stream(ctx, req)(yield)
				return
			}
			yield(none, c.refused("stream", err))
			return
		}
		c.consume(ctx, slot, yield)
	}
}

// consume yields items until the answer, the context or the loop ends.
func (c *cell[Req, Resp]) consume(ctx context.Context, slot *replySlot[Resp], yield func(Resp, error) bool) {
	var none Resp
	defer c.abandon(slot) // however the loop is left: break, return or panic
	for {
		select {
		case v := <-slot.items:
			if !yield(v, nil) {
				return
			}
		case <-slot.ready:
			for { // what was emitted before the end comes before the end
				select {
				case v := <-slot.items:
					if !yield(v, nil) {
						return
					}
					continue
				default:
				}
				break
			}
			if slot.err != nil {
				yield(none, slot.err)
			}
			return
		case <-ctx.Done():
			if d, gaveUp := c.abandon(slot); gaveUp {
				yield(none, &CallError{Op: "stream", PID: c.address(), Delivery: d, Err: ContextError(ctx)})
				return
			}
			ctx = context.WithoutCancel(ctx) // the answer was first: read it out
		}
	}
}

// selfTarget is an actor's own Ref: casts never wait, so that they cannot
// deadlock; calls could only wait for themselves.
type selfTarget[Req, Resp any] struct{ *cell[Req, Resp] }

func (t selfTarget[Req, Resp]) Call(context.Context, Req) (Resp, error) {
	var none Resp
	return none, t.refused("call", ErrSelfCall)
}

func (t selfTarget[Req, Resp]) Cast(ctx context.Context, req Req) error {
	return t.cell.Cast(NoWait(ctx), req)
}

func (t selfTarget[Req, Resp]) Stream(context.Context, Req) iter.Seq2[Resp, error] {
	return func(yield func(Resp, error) bool) {
		var none Resp
		yield(none, t.refused("stream", ErrSelfCall))
	}
}
