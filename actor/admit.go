package actor

import (
	"context"
	"errors"

	"github.com/proctor-dev/proctor/mailbox"
)

// admit puts e into the mailbox, in the caller's goroutine, and waits for room
// if that is wanted. The error is not yet wrapped.
func (c *cell[Req, Resp]) admit(ctx context.Context, e envelope[Req, Resp]) error {
	if !c.sys.Admits(ctx) {
		return ErrDraining
	}
	err := c.queue.TryPut(e)
	if err == nil || !errors.Is(err, mailbox.ErrFull) {
		return err
	}
	if c.unheard.Load() > 0 && c.queue.Prune(c.isDead) > 0 {
		if err = c.queue.TryPut(e); err == nil || !errors.Is(err, mailbox.ErrFull) {
			return err
		}
	}
	if !mayWait(ctx, c) {
		return err
	}
	err = c.queue.Put(ctx, e)
	if err != nil && ctx.Err() != nil && !errors.Is(err, mailbox.ErrClosed) {
		return ContextError(ctx)
	}
	return err
}

// isDead finds requests whose callers have gone: they must not take up room.
func (c *cell[Req, Resp]) isDead(e envelope[Req, Resp]) bool {
	if e.slot == nil || !e.slot.neverBegun() {
		return false
	}
	c.discard(e.slot)
	return true
}

// refused wraps an admission error.
func (c *cell[Req, Resp]) refused(op string, err error) error {
	if errors.Is(err, mailbox.ErrClosed) {
		err = ErrNoActor
	}
	return &CallError{Op: op, PID: c.address(), Delivery: NotSent, Err: err}
}

// successor finds the actor that took the path after this cell was gone: when
// a supervisor is restarted, old Refs reach the new life.
func (c *cell[Req, Resp]) successor(err error) (Target[Req, Resp], bool) {
	if !errors.Is(err, mailbox.ErrClosed) {
		return nil, false
	}
	found, ok := c.sys.CellAt(c.path)
	if !ok {
		return nil, false
	}
	t, ok := found.(Target[Req, Resp])
	return t, ok && t != Target[Req, Resp](c)
}
