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

type (
	noWaitKey  struct{}
	requestKey struct{} // of a request that an actor is handling
)

// NoWait returns a context with which admission answers [ErrFull] instead of
// waiting for room in a full mailbox. It is looked at only when the mailbox is
// full.
func NoWait(ctx context.Context) context.Context {
	return context.WithValue(orBackground(ctx), noWaitKey{}, true)
}

// mayWait reports whether a request under ctx may wait for room in the cell.
func mayWait(ctx context.Context, c Cell) bool {
	return ctx.Value(noWaitKey{}) == nil && !isSelf(ctx, c)
}

// isSelf reports whether ctx was given to code of the actor: a request that it
// is handling, or its Init.
func isSelf(ctx context.Context, c Cell) bool {
	for owner := ctx.Value(ownerKey{}); ; {
		switch o := owner.(type) {
		case *Life:
			return o.place.cell == c
		case *ownContext:
			if o.life.place.cell == c {
				return true
			}
			owner = o.Context.Value(ownerKey{})
		default:
			return false
		}
	}
}

// Inside reports whether ctx belongs to a request that an actor is handling:
// while the system drains, such work is still let through. It is for those who
// write another kind of actor.
func Inside(ctx context.Context) bool { return ctx != nil && ctx.Value(requestKey{}) != nil }

// MayWait reports whether admission under ctx may wait for room, for those who
// write another kind of actor: false under [NoWait].
func MayWait(ctx context.Context) bool { return ctx == nil || ctx.Value(noWaitKey{}) == nil }
