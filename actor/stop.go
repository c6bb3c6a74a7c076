package actor

import (
	"context"
	"fmt"
)

// Stop ends what runs at path, and returns when it is over: it is asked to end,
// with [ErrShutdown], and killed when its own time for that is over. It works
// for what was spawned on the system itself, supervisors and pools included.
//
// The end of ctx is a kill, of all that is beneath, too, after which Stop
// returns within a bounded time; with a ctx that has ended before, nobody is
// asked. It is an error then, even if nothing is left. Whatever still runs is
// named by a *[CloseError], which wraps the error of a ctx that has ended.
//
// Other errors, with which nothing is stopped: [ErrNoActor]; [ErrNotParent] for
// what a supervisor or a pool has started, which only that may stop; and
// [ErrSelfCall] when ctx is that of the actor itself, or of one beneath, whose
// end Stop would wait for. An actor ends itself by returning [Stop].
func (s *System) Stop(ctx context.Context, path string) error {
	if ctx == nil {
		return fmt.Errorf("stop %s: %w", path, ErrNoContext)
	}
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
	return l.Stop(ctx)
}

// Stop is [System.Stop] for this life, of one that was spawned on the System; it
// succeeds when the life is over already. It is for those who write another
// kind of actor.
func (l *Life) Stop(ctx context.Context) error {
	path := l.pid.Name
	if RunsBeneath(ctx, l.place.sys, path) {
		return selfStop(path)
	}
	return l.place.sys.Stopped(path, l.end(ctx))
}

// selfStop refuses a stop that waits for whoever asks for it.
func selfStop(path string) error {
	return fmt.Errorf("stop %s: %w: it would wait for the end of who asks for it, who can return instead, or ask with a context of its own making", path, ErrSelfCall)
}

// end stops the life and returns when it is over. The error is that of ctx when
// that ended first, and the life was killed.
func (l *Life) end(ctx context.Context) (cut error) {
	over := l.Over()
	select {
	case <-over:
		return nil
	default:
	}
	if ctx.Err() == nil {
		l.askStop(ErrShutdown)
		select {
		case <-over:
			return nil
		case <-ctx.Done():
		}
		select {
		case <-over: // both at once: it has ended in time
			return nil
		default:
		}
	}
	l.killNow(ErrKilled)
	<-over // whatever is killed ends in bounded time
	return ContextError(ctx)
}
