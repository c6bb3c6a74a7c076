package actor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Drainer is a [Cell] that can tell when all that it was given is done, for
// those who write another kind of actor.
type Drainer interface {
	// Drained waits until nothing is queued and nothing runs, or ctx ends.
	Drained(ctx context.Context) error
}

// Draining reports whether new requests are to be refused, for those who write
// another kind of actor: see [Inside] for what is still let through.
func (s *System) Draining() bool { return s.draining.Load() }

// Drain refuses new requests from outside with [ErrDraining] from now on, and
// waits until all that was admitted before is done; what actors ask of each
// other meanwhile is let through. The usual end of a program is Drain, then
// [System.Close]. The error wraps that of ctx and names who was not done. With
// the context of a request that an actor of the system handles, which Drain
// would wait for, it does nothing: [ErrSelfCall].
func (s *System) Drain(ctx context.Context) error {
	if ctx == nil {
		return fmt.Errorf("drain: %w", ErrNoContext)
	}
	if l, _ := ctx.Value(requestKey{}).(*Life); l != nil && l.place.sys == s {
		return fmt.Errorf("drain: %w: it would wait for the request that %s handles; use a context of its own making", ErrSelfCall, l.pid)
	}
	s.draining.Store(true)
	for {
		// One that was quiet may have been given work by one that was not yet:
		// all are quiet when nobody gave any during a whole round.
		given := s.given.Load()
		if err := s.drainOnce(ctx); err != nil || s.given.Load() == given {
			return err
		}
	}
}

func (s *System) drainOnce(ctx context.Context) error {
	s.mu.Lock()
	places := slices.Collect(maps.Values(s.places))
	s.mu.Unlock()
	slices.SortFunc(places, func(a, b *place) int { return strings.Compare(a.path, b.path) })
	var errs []error
	for _, p := range places {
		if d, ok := p.cell.(Drainer); ok {
			if err := d.Drained(ctx); err != nil {
				errs = append(errs, fmt.Errorf("drain %s: %w", p.path, err))
			}
		}
	}
	return errors.Join(errs...)
}

// Admits reports whether a request under ctx may be taken: always, but while
// the system drains only from [Inside]. It is for those who write another kind
// of actor, who ask it before each request.
func (s *System) Admits(ctx context.Context) bool {
	if !s.draining.Load() {
		return true
	}
	if !Inside(ctx) {
		return false
	}
	s.given.Add(1)
	return true
}

// quiescence lets somebody wait for a moment in which nothing is going on.
type quiescence struct {
	awaited atomic.Bool // somebody waits: set before they look, read after something became quiet

	mu      sync.Mutex // protects the following
	waiting []chan struct{}
}

// signal has those who wait look again.
func (q *quiescence) signal() {
	if !q.awaited.Load() {
		return
	}
	q.mu.Lock()
	waiting := q.waiting
	q.waiting = nil
	q.awaited.Store(false)
	q.mu.Unlock()
	for _, w := range waiting {
		close(w)
	}
}

// await waits until quiet holds, looking after each signal.
func (q *quiescence) await(ctx context.Context, quiet func() bool) error {
	for {
		w := make(chan struct{})
		q.mu.Lock()
		q.waiting = append(q.waiting, w)
		q.awaited.Store(true)
		q.mu.Unlock()
		if quiet() {
			return nil
		}
		select {
		case <-w:
		case <-ctx.Done():
			return ContextError(ctx)
		}
	}
}

// Drained implements [Drainer].
func (c *cell[Req, Resp]) Drained(ctx context.Context) error {
	return c.quiet.await(ctx, func() bool {
		if c.queue.Len() > 0 {
			return false
		}
		i := c.life.Load()
		return i == nil || i.quiet()
	})
}
