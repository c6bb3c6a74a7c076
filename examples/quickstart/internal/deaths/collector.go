package deaths

import (
	"context"
	"fmt"
	"sync"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
)

// Collector has every death of some workers once, in the order in which it
// learned of them. Its methods may be called from any goroutine.
type Collector struct {
	watches sync.WaitGroup
	stop    context.CancelFunc

	mu     sync.Mutex // protects the following
	known  map[actor.PID]struct{}
	list   []report.Death
	change chan struct{} // closed at the next death
}

// Watch collects the deaths of the workers at the paths, one life after the
// other, until [Collector.Stop].
func Watch(sys *actor.System, paths ...string) *Collector {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Collector{stop: cancel, known: make(map[actor.PID]struct{}), change: make(chan struct{})}
	for _, path := range paths {
		// Attached before Watch returns, so that no death can be missed.
		first := sys.WatchAt(ctx, path)
		c.watches.Go(func() {
			for next := first; ; next = sys.WatchAt(ctx, path) {
				down, ok := <-next
				if !ok || actor.IsNormal(down.Reason) || down.PID.Incarnation == 0 {
					return
				}
				c.Add(down)
			}
		})
	}
	return c
}

// Add notes deaths that were learned of in another way, such as from a call's
// error; those known already do not count again.
func (c *Collector) Add(downs ...actor.Down) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, down := range downs {
		d, died := death(down)
		if _, known := c.known[down.PID]; known || !died {
			continue
		}
		c.known[down.PID] = struct{}{}
		c.list = append(c.list, d)
		close(c.change)
		c.change = make(chan struct{})
	}
}

// Await returns when at least total deaths are known and those of all lives
// are among them, or when ctx ends.
func (c *Collector) Await(ctx context.Context, total int, lives ...actor.PID) error {
	for {
		missing, change := c.missing(total, lives)
		if missing == "" {
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", missing, context.Cause(ctx))
		}
	}
}

func (c *Collector) missing(total int, lives []actor.PID) (what string, change <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, life := range lives {
		if _, known := c.known[life]; !known {
			return fmt.Sprintf("the death of worker %s is missing", life), c.change
		}
	}
	if len(c.list) < total {
		return fmt.Sprintf("%d of %d deaths are missing", total-len(c.list), total), c.change
	}
	return "", nil
}

// Stop ends the watches and returns all deaths. It is called before the
// workers are asked to stop, which is no death.
func (c *Collector) Stop() []report.Death {
	c.stop()
	c.watches.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.list
}
