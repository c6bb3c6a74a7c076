package actor

import "context"

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
