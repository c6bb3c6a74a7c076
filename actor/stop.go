package actor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/internal/record"
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

// abandoned is what goes on although its life is over: a goroutine that ignored
// that it was asked to stop, which nobody listens to any more, or a process that
// not even a kill has ended.
type abandoned struct {
	pid  PID
	told time.Time     // when it was first told to end
	done chan struct{} // closed when it has ended after all
}

// returnGrace is how long a goroutine that was told to end may take to return
// before a stop names it: one that was killed without being asked has only just
// heard of it.
const returnGrace = 100 * time.Millisecond

// Abandon reports that the goroutine of the life l does not stop, and keeps
// its name for [CloseError] until the returned function is called, which
// whoever wrote the cell does when the goroutine returned after all. It is for
// those who write another kind of actor.
func (s *System) Abandon(l *Life) (returned func()) {
	l.mu.Lock()
	told := l.told
	l.mu.Unlock()
	return s.abandon(l, told)
}

// AbandonStart is Abandon for a start that the supervisor l has given up, and
// that was told so at that time, for those who write another kind of actor.
func (s *System) AbandonStart(l *Life, told time.Time) (returned func()) { return s.abandon(l, told) }

func (s *System) abandon(l *Life, told time.Time) (returned func()) {
	ended := s.keep(l, told)
	record.ActorAbandoned.Log(s.Logger(), record.PID(l.pid))
	return func() {
		record.AbandonedReturned.Log(s.Logger(), record.PID(l.pid))
		ended()
	}
}

// StillRuns keeps the name of the life l for [CloseError] although it is about
// to end, since its process has not, until the returned function is called. It
// is for those who write another kind of actor, and logs nothing.
func (s *System) StillRuns(l *Life) (ended func()) { return s.keep(l, time.Time{}) }

func (s *System) keep(l *Life, told time.Time) (ended func()) {
	a := &abandoned{pid: l.pid, told: told, done: make(chan struct{})}
	s.mu.Lock()
	s.abandoned[a] = struct{}{}
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		delete(s.abandoned, a)
		s.mu.Unlock()
		close(a.done)
	}
}

// Stopped is the error of a stop of what is at the path, which is over: a
// *[CloseError] that names what still runs there or beneath; if nothing does,
// cut, the error of the context whose end cut the stop short; otherwise nil. What has
// only just been told to end has a moment (100 ms) to do so. It is for those who
// write another kind of actor.
func (s *System) Stopped(path string, cut error) error {
	if running := s.running(path); len(running) > 0 {
		return &CloseError{Name: path, Running: running, Err: cut}
	}
	if cut != nil {
		return fmt.Errorf("stop %s: what had not stopped was killed: %w", path, cut)
	}
	return nil
}

// running returns what still runs at the path and beneath, by name; an empty
// path is the whole System. Of lives that begin meanwhile it knows nothing.
func (s *System) running(path string) []PID {
	s.mu.Lock()
	last := s.lastIncarnation
	s.mu.Unlock()
	for {
		var running []PID
		returned := false
		for _, a := range s.abandonedAt(path, last) {
			if a.returns() {
				returned = true
			} else {
				running = append(running, a.pid)
			}
		}
		if returned {
			continue // it may have abandoned another first, as the start of a supervisor does with that of a child
		}
		slices.SortFunc(running, func(a, b PID) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Incarnation, b.Incarnation))
		})
		return slices.Compact(running)
	}
}

// abandonedAt returns what was abandoned at the path and beneath, of the lives up
// to last; an empty path is the whole System.
func (s *System) abandonedAt(path string, last uint64) []*abandoned {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []*abandoned
	for a := range s.abandoned {
		if a.pid.Incarnation <= last && (path == "" || isBeneath(a.pid.Name, path)) {
			left = append(left, a)
		}
	}
	return left
}

// returns waits for the end until it is late for that; false: it is.
func (a *abandoned) returns() bool {
	late, cancel := context.WithDeadline(context.Background(), a.told.Add(returnGrace))
	defer cancel()
	select {
	case <-a.done:
		return true
	default:
	}
	select {
	case <-a.done:
		return true
	case <-late.Done():
		return false
	}
}
