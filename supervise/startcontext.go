package supervise

import (
	"context"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// startContext is the context of one start. Few of those who start look at
// it, so it becomes a real one when somebody does.
type startContext struct {
	slot *actor.Slot // that is being filled

	mu     sync.Mutex // protects the following
	real   context.Context
	cancel context.CancelCauseFunc
	over   bool
	cause  error // set with over
}

// end ends it, for a reason or because the start is done; only the first call
// counts.
func (c *startContext) end(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	c.over, c.cause = true, cause
	if c.cancel != nil {
		c.cancel(cause)
	}
}

// join makes the real one.
func (c *startContext) join() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real == nil {
		c.real, c.cancel = context.WithCancelCause(c.slot.Context())
		if c.over {
			c.cancel(c.cause)
		}
	}
	return c.real
}

// Deadline implements [context.Context].
func (*startContext) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done implements [context.Context].
func (c *startContext) Done() <-chan struct{} { return c.join().Done() }

// Err implements [context.Context].
func (c *startContext) Err() error {
	c.mu.Lock()
	over := c.over
	c.mu.Unlock()
	if over {
		return c.join().Err()
	}
	return nil
}

// Value implements [context.Context]. What is derived from c finds the real
// one by it, and so needs no goroutine to hear of its end.
func (c *startContext) Value(key any) any { return c.join().Value(key) }

var _ context.Context = (*startContext)(nil)
