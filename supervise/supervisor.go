package supervise

import (
	"context"
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
)

// Supervisor is a handle on a running supervisor. It is cheap, and its methods
// may be called from any goroutine; but a child must not ask its own
// supervisor for something while it starts or stops, which is when the
// supervisor waits for it. Where the context tells, that is
// [actor.ErrSelfCall]: the context of a start, and for TerminateChild and Stop
// that of a child whose end they would wait for.
type Supervisor struct {
	sys  *actor.System
	path string
	run  *incarnation // of Start; nil for SupervisorAt
}

// Start starts a supervisor and all its children, in order, and returns when
// all are up. When one of them does not start, those that are up are stopped
// in reverse order, whatever the restart types, and the error is an
// *[actor.StartError] that unwraps to that child's. A wrong spec is a
// *[SpecError], inside an *[actor.StartError] too, and nothing was started.
// ctx bounds the start only: when it ends, the start is undone.
//
// With [BootRestart] a child that does not start is tried again, and Start
// returns when all are up, or down for good as rules or a circuit leave them;
// when ctx ends; or when no budget is left, and then the error unwraps to an
// *[IntensityError]. Whoever wants to ask the supervisor meanwhile finds it by
// [SupervisorAt].
func Start(ctx context.Context, at actor.Spawner, spec Spec) (*Supervisor, error) {
	if err := spec.check(); err != nil {
		return nil, &actor.StartError{Name: spec.Name, Err: err}
	}
	if err := actor.ContextError(ctx); err != nil {
		return nil, &actor.StartError{Name: spec.Name, Err: err}
	}
	sys, path, err := actor.Locate(at, spec.Name)
	if err != nil {
		return nil, err
	}
	c, l, err := actor.Begin(at, spec.Name, func() *cell { return newCell(sys, path) })
	if err != nil {
		return nil, err
	}
	_, nested := at.(*actor.Slot)
	i := newIncarnation(c, l, nested, spec)
	c.prepare(i)
	l.ParentOnly()
	l.SetShutdown(Infinity) // each child has a bound of its own
	l.OnStop(func(reason error) { i.inbox.urge(evStop{reason}) })
	l.OnKill(func(reason error) { i.inbox.urge(evKill{reason}) })
	release := context.AfterFunc(ctx, func() { i.inbox.urge(evStop{actor.ContextError(ctx)}) })
	go i.run()
	err = <-i.booted
	if !release() && err == nil && ctx.Err() != nil {
		// The end of ctx came as the last child was up: it counts.
		<-l.Over()
		err = actor.ContextError(ctx)
	}
	if err != nil {
		return nil, &actor.StartError{Name: i.path, Err: err}
	}
	return &Supervisor{sys: i.sys, path: i.path, run: i}, nil
}

// SupervisorAt returns a handle on the supervisor at path, such as "top/inner",
// whichever incarnation is there when the handle is used. It looks nothing up:
// that no supervisor is there is an error of the methods.
func SupervisorAt(sys *actor.System, path string) *Supervisor {
	return &Supervisor{sys: sys, path: path}
}

// Path returns the supervisor's path.
func (s *Supervisor) Path() string { return s.path }

// find returns the incarnation that the handle means: the one it was started
// with, or the one that is at the path now; nil when there is none.
func (s *Supervisor) find() *incarnation {
	if s.run != nil {
		return s.run
	}
	c := cellAt(s.sys, s.path)
	if c == nil {
		return nil
	}
	run, _, _ := c.look()
	return run
}

// PID returns the supervisor's life: for a handle of [Start] the one that it
// started, for one of [SupervisorAt] the one now, and the zero PID when there is none.
func (s *Supervisor) PID() actor.PID {
	if i := s.find(); i != nil {
		return i.life.PID()
	}
	return actor.PID{}
}

// Done returns a channel that is closed when that life is over; it is closed
// already when there is none.
func (s *Supervisor) Done() <-chan struct{} {
	if i := s.find(); i != nil {
		return i.life.Over()
	}
	closed := make(chan struct{})
	close(closed)
	return closed
}

// Err returns why the supervisor ended: nil while it runs, an
// *[IntensityError] when it gave up, [actor.ErrShutdown] when it was stopped.
// For a handle of [SupervisorAt] there are only nil and [actor.ErrNoActor].
func (s *Supervisor) Err() error {
	if i := s.find(); i != nil {
		return i.life.Reason()
	}
	return actor.ErrNoActor
}

// Stop ends the supervisor: its children are stopped in reverse order, each
// gone before the next is asked. It returns nil when the supervisor is over,
// also when it was before. The start of one that is not up yet is undone.
//
// The end of ctx is a kill of all that is left, in the same order, after which
// Stop returns within a bounded time; with a ctx that has ended before, nobody
// is asked. It is an error then, even if nothing is left. Whatever still runs,
// such as a child that ignored its stop and was abandoned when its Shutdown was
// over, is named by an *[actor.CloseError], which wraps the error of a ctx that
// has ended.
//
// Other errors, with which nothing is stopped: [actor.ErrNotParent], since a
// supervisor under another one belongs to that one, use TerminateChild; and
// [actor.ErrSelfCall] when ctx is that of one beneath it, for whose end Stop
// would wait: a child ends its supervisor by how it ends itself.
func (s *Supervisor) Stop(ctx context.Context) error {
	if ctx == nil {
		return actor.ErrNoContext
	}
	i := s.find()
	switch {
	case s.sys == nil:
		return nil
	case i == nil:
		return s.stopUnborn(ctx)
	case i.nested:
		return actor.ErrNotParent
	}
	return i.life.Stop(ctx)
}

// stopUnborn is Stop where none is up: it comes up, is between two lives, or is
// over.
func (s *Supervisor) stopUnborn(ctx context.Context) error {
	c := cellAt(s.sys, s.path)
	if c == nil {
		return s.sys.Stopped(s.path, nil)
	}
	if actor.RunsBeneath(ctx, s.sys, s.path) {
		return fmt.Errorf("stop %s: %w: it waits for the start of who asks for it", s.path, actor.ErrSelfCall)
	}
	err := s.sys.Stop(ctx, s.path)
	if !errors.Is(err, actor.ErrNoActor) {
		return err
	}
	if _, gone, _ := c.look(); gone {
		return s.sys.Stopped(s.path, nil)
	}
	return actor.ErrNotParent // it waits for its next life, which its supervisor starts
}
