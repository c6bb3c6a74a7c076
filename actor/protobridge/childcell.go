package protobridge

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/proctor-dev/proctor/actor"
)

// childCell is what outlives the plain actors that fill a supervisor's slot:
// requests wait in it while there is none.
type childCell[Req, Resp any] struct {
	sys  *actor.System
	path string

	mu      sync.Mutex // protects the following
	next    target[Req, Resp]
	life    *actor.Life   // live; nil when held or gone
	gone    error         // set when nobody will come
	changed chan struct{} // closed when one of them has changed
}

func newChildCell[Req, Resp any](at *actor.Slot) *childCell[Req, Resp] {
	return &childCell[Req, Resp]{sys: at.System(), path: at.Path(), changed: make(chan struct{})}
}

// prepare sets the plain actor that the next Live is about.
func (c *childCell[Req, Resp]) prepare(t target[Req, Resp]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = t
}

// Live implements [actor.Cell].
func (c *childCell[Req, Resp]) Live(l *actor.Life) { c.set(func() { c.life = l }) }

// Held implements [actor.Cell].
func (c *childCell[Req, Resp]) Held() { c.set(func() { c.life = nil }) }

// Gone implements [actor.Cell].
func (c *childCell[Req, Resp]) Gone(reason error) {
	c.set(func() {
		c.life, c.gone = nil, actor.ErrNoActor
		if reason != nil && reason != actor.ErrNoActor { //nolint:errorlint // the very sentinel adds nothing to itself
			c.gone = fmt.Errorf("%w: %w", actor.ErrNoActor, reason)
		}
	})
}

func (c *childCell[Req, Resp]) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	close(c.changed)
	c.changed = make(chan struct{})
}

// serving waits for the plain actor that serves.
func (c *childCell[Req, Resp]) serving(ctx context.Context) (target[Req, Resp], *actor.Life, error) {
	for {
		if ctx.Err() != nil {
			return target[Req, Resp]{}, nil, actor.ContextError(ctx)
		}
		if !c.sys.Admits(ctx) {
			return target[Req, Resp]{}, nil, actor.ErrDraining
		}
		c.mu.Lock()
		t, life, gone, changed := c.next, c.life, c.gone, c.changed
		c.mu.Unlock()
		switch {
		case gone != nil:
			return target[Req, Resp]{}, nil, gone
		case life != nil:
			return t, life, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// Name implements [actor.Target].
func (c *childCell[Req, Resp]) Name() string { return c.path }

// PID implements [actor.Target].
func (c *childCell[Req, Resp]) PID() (actor.PID, bool) {
	c.mu.Lock()
	life := c.life
	c.mu.Unlock()
	if life == nil || life.Reason() != nil {
		return actor.PID{}, false
	}
	return life.PID(), true
}

// Call implements [actor.Target].
func (c *childCell[Req, Resp]) Call(ctx context.Context, req Req) (Resp, error) {
	t, _, err := c.serving(ctx)
	if err != nil {
		var none Resp
		return none, c.failed("call", err)
	}
	return t.Call(ctx, req)
}

// Cast implements [actor.Target].
func (c *childCell[Req, Resp]) Cast(ctx context.Context, req Req) error {
	t, life, err := c.serving(ctx)
	if err != nil {
		return c.failed("cast", err)
	}
	err = t.Cast(ctx, req)
	if errors.Is(err, actor.ErrNoActor) {
		<-life.Over() // in a moment: whoever is told so finds that the supervisor knows
	}
	return err
}

// Stream implements [actor.Target]: it only says that there is none.
func (c *childCell[Req, Resp]) Stream(ctx context.Context, req Req) iter.Seq2[Resp, error] {
	return target[Req, Resp]{to: address{id: c.path}}.Stream(ctx, req)
}

// Watch implements [actor.Target].
func (c *childCell[Req, Resp]) Watch(ctx context.Context) <-chan actor.Down {
	return c.sys.WatchAt(ctx, c.path)
}

func (c *childCell[Req, Resp]) failed(op string, err error) error {
	return &actor.CallError{Op: op, PID: actor.PID{Name: c.path}, Delivery: actor.NotSent, Err: err}
}

var (
	_ actor.Cell             = (*childCell[int, int])(nil)
	_ actor.Target[int, int] = (*childCell[int, int])(nil)
)
