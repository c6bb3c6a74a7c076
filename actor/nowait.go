package actor

import "context"

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
