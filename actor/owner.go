package actor

import (
	"context"
	"iter"
	"strings"
	"time"
)

// ownerKey finds in a context whose code it was given to: the *[Life] that runs
// it, the *[Slot] that is being filled, or an *ownContext, which has another
// owner beside.
type ownerKey struct{}

// owners yields whose code ctx was given to, the innermost first: of a request
// the actor that handles it, and not its caller.
func owners(ctx context.Context) iter.Seq2[*System, string] {
	return func(yield func(*System, string) bool) {
		if ctx == nil {
			return
		}
		for owner := ctx.Value(ownerKey{}); ; {
			switch o := owner.(type) {
			case *Life:
				yield(o.place.sys, o.pid.Name)
				return
			case *Slot:
				yield(o.sys, o.path)
				return
			case *ownContext:
				if !yield(o.life.place.sys, o.life.pid.Name) {
					return
				}
				owner = o.Context.Value(ownerKey{})
			default:
				return
			}
		}
	}
}

// ownContext is a context that is given to the code of a life.
type ownContext struct {
	context.Context
	life *Life
}

func (c *ownContext) Value(key any) any {
	if _, ok := key.(ownerKey); ok {
		return c
	}
	return c.Context.Value(key)
}

// lifeContext is the background, given to the code of a life.
type lifeContext Life

func (*lifeContext) Deadline() (time.Time, bool) { return time.Time{}, false }

func (*lifeContext) Done() <-chan struct{} { return nil }

func (*lifeContext) Err() error { return nil }

func (l *lifeContext) Value(key any) any {
	if _, ok := key.(ownerKey); ok {
		return (*Life)(l)
	}
	return nil
}

// slotContext is the background, given to what fills a slot.
type slotContext Slot

func (*slotContext) Deadline() (time.Time, bool) { return time.Time{}, false }

func (*slotContext) Done() <-chan struct{} { return nil }

func (*slotContext) Err() error { return nil }

func (s *slotContext) Value(key any) any {
	if _, ok := key.(ownerKey); ok {
		return (*Slot)(s)
	}
	return nil
}

// Context returns a context that does not end, for the start of what fills the
// slot: see [StartsFor].
func (s *Slot) Context() context.Context { return (*slotContext)(s) }

// Own returns ctx as one that is given to the code of the life, for those who
// write another kind of actor: see [RunsBeneath]. That of [Life.Context] is.
func (l *Life) Own(ctx context.Context) context.Context { return &ownContext{Context: ctx, life: l} }

// RunsBeneath reports whether ctx was given to code of an actor that is at the
// path or beneath, or of its start: it would wait for itself if it waited for
// the end of that. It is for those who write another kind of actor.
func RunsBeneath(ctx context.Context, sys *System, path string) bool {
	for at, name := range owners(ctx) {
		if at == sys && isBeneath(name, path) {
			return true
		}
	}
	return false
}

// StartsFor reports whether ctx was given to a start that the supervisor at the
// path waits for: its own, that of a child, or that of a child of one that is
// itself being started. What asks it for something would wait for itself. It is
// for those who write another kind of actor.
func StartsFor(ctx context.Context, sys *System, path string) bool {
	s := startOf(ctx)
	if s == nil || s.sys != sys {
		return false
	}
	for at := s.path; at != path; {
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			return false
		}
		if at = at[:i]; at != path && !sys.isStarting(at) {
			return false
		}
	}
	return true
}

// startOf returns the slot whose start ctx was given to, nil if there is none.
func startOf(ctx context.Context) *Slot {
	if ctx == nil {
		return nil
	}
	for owner := ctx.Value(ownerKey{}); ; {
		switch o := owner.(type) {
		case *Slot:
			return o
		case *ownContext:
			owner = o.Context.Value(ownerKey{})
		default:
			return nil
		}
	}
}

// isStarting reports whether the life at path is not up yet.
func (s *System) isStarting(path string) bool {
	p := s.find(path)
	if p == nil {
		return false
	}
	p.mu.Lock()
	l := p.life
	p.mu.Unlock()
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == starting
}

// isBeneath reports whether name is path, or that of a child, a worker or an
// instance of what is there.
func isBeneath(name, path string) bool {
	rest, ok := strings.CutPrefix(name, path)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '#')
}
