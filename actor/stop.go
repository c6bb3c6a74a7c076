package actor

import (
	"context"
	"fmt"
)

// Stop asks what runs at path to end with [ErrShutdown], and returns when it
// has; when its own time for that is over, it is killed. It works for what was
// spawned on the system itself, supervisors and pools included. Errors:
// [ErrNoActor]; [ErrNotParent] for what a supervisor or a pool has started,
// which only that may stop; and that of ctx, when it ends before the actor.
func (s *System) Stop(ctx context.Context, path string) error {
	p := s.find(path)
	if p == nil {
		return fmt.Errorf("stop %s: %w", path, ErrNoActor)
	}
	p.mu.Lock()
	l := p.life
	p.mu.Unlock()
	switch {
	case l == nil:
		return fmt.Errorf("stop %s: %w", path, ErrNoActor)
	case l.slot != nil:
		return fmt.Errorf("stop %s: %w", l.pid, ErrNotParent)
	}
	over := l.Over()
	l.askStop(ErrShutdown)
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop %s: %w", l.pid, ContextError(ctx))
	}
}
