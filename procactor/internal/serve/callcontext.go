package serve

import (
	"context"
	"sync"
	"time"
)

// callContext is the context of a task in a worker. Most tasks never ask it
// whether it is done, so what answers that is made when they do.
type callContext struct {
	server   *Server   // whose life ends when the parent process is gone
	deadline time.Time // zero: none
	call     Call      // what came with it

	mu     sync.Mutex // protects the following
	real   context.Context
	cancel context.CancelCauseFunc
	timer  context.CancelFunc
	over   bool  // canceled, or the call has ended
	cause  error // of the cancelation
}

// force makes the context that is behind this one.
func (c *callContext) force() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real != nil {
		return c.real
	}
	ctx, cancel := context.WithCancelCause(c.server.life)
	c.real, c.cancel = ctx, cancel
	if !c.deadline.IsZero() {
		c.real, c.timer = context.WithDeadline(ctx, c.deadline)
	}
	if c.over {
		c.stop(c.cause)
	}
	return c.real
}

// Deadline implements [context.Context].
func (c *callContext) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

// Done implements [context.Context].
func (c *callContext) Done() <-chan struct{} { return c.force().Done() }

// Err implements [context.Context].
func (c *callContext) Err() error { return c.force().Err() }

// Value implements [context.Context].
func (c *callContext) Value(key any) any {
	if f := c.server.options.Value; f != nil {
		if v, ok := f(key, c.call); ok {
			return v
		}
	}
	c.mu.Lock()
	ctx := c.real
	c.mu.Unlock()
	if ctx == nil {
		ctx = c.server.life
	}
	return ctx.Value(key)
}

// end cancels the context: because of cause, or, with nil, because the call
// has ended.
func (c *callContext) end(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	c.over, c.cause = true, cause
	if c.real != nil {
		c.stop(cause)
	}
}

// stop ends the context that is behind this one; c.mu must be held.
func (c *callContext) stop(cause error) {
	c.cancel(cause)
	if c.timer != nil {
		c.timer()
	}
}
