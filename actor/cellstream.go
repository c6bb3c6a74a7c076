package actor

import (
	"context"
	"iter"
	"sync/atomic"
)

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
