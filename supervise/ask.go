package supervise

import (
	"context"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
)

// answer is a reply as callers see it.
type answer struct {
	err   error
	pid   actor.PID
	which []ChildInfo
	count Counts
}

// ChildInfo is one line of [Supervisor.WhichChildren].
type ChildInfo struct {
	ID      string
	State   ChildState
	PID     actor.PID // zero unless State is Running
	Type    ChildType
	Restart Restart
}

// answer translates lives to PIDs.
func (i *incarnation) answer(r reply) answer {
	a := answer{err: r.err, count: r.count, pid: i.pid(r.life)}
	for _, c := range r.which {
		a.which = append(a.which, ChildInfo{
			ID: c.spec.ID, State: c.state, PID: i.pid(c.life), Type: c.spec.Type, Restart: c.spec.Restart,
		})
	}
	return a
}

// pid returns the PID of a life, the zero PID if there is none.
func (i *incarnation) pid(l life) actor.PID {
	if p := i.children[l]; p != nil {
		if pid := p.pid.Load(); pid != nil {
			return *pid
		}
	}
	return actor.PID{}
}

// ask has the supervisor at the path answer, the next one while none runs.
func (s *Supervisor) ask(ctx context.Context, req request) (answer, error) {
	c, err := s.cell()
	if err != nil {
		return answer{}, err
	}
	for {
		run, gone, changed := c.look()
		if gone {
			return answer{}, errNoSupervisor
		}
		if run != nil {
			reply := make(chan answer, 1)
			if run.ask(req, func(a answer) { reply <- a }) {
				select {
				case a := <-reply:
					return a, a.err
				case <-ctx.Done():
					return answer{}, actor.ContextError(ctx)
				}
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return answer{}, actor.ContextError(ctx)
		}
	}
}

func (s *Supervisor) cell() (*cell, error) {
	found, ok := s.sys.CellAt(s.path)
	if !ok {
		return nil, fmt.Errorf("supervisor %s: %w", s.path, actor.ErrNoActor)
	}
	c, ok := found.(*cell)
	if !ok {
		return nil, fmt.Errorf("supervisor %s: %w: it is a %T", s.path, actor.ErrType, found)
	}
	return c, nil
}

// StartChild adds a child behind the others and starts it. The zero PID
// without an error means that its start was ignored ([ErrIgnore]).
//
// Errors: *[SpecError]; [ErrAlreadyStarted], with the PID of the child that has
// the id, and [ErrAlreadyPresent]; *[actor.StartError], after which the spec is
// forgotten. As for all requests there are [actor.ErrNoActor] when no
// supervisor is there or it ends, and the error of ctx, whose end does not take
// the request back. A supervisor that is itself being restarted answers when
// it is up again.
func (s *Supervisor) StartChild(ctx context.Context, child ChildSpec) (actor.PID, error) {
	a, err := s.ask(ctx, reqStart{child})
	return a.pid, err
}

// TerminateChild stops a child, which is then not restarted until
// RestartChild or a group restart does; the spec of a temporary child is
// forgotten. It succeeds also when the child does not run, and cancels a
// restart that is being retried. Error: [ErrNotFound]; see also StartChild.
func (s *Supervisor) TerminateChild(ctx context.Context, id string) error {
	_, err := s.ask(ctx, reqTerminate{id})
	return err
}

// RestartChild starts a child that does not run; it does not count as a
// restart. The zero PID without an error means that the start was ignored.
// Errors: [ErrRunning], [ErrRestarting], [ErrNotFound], *[actor.StartError],
// which is not retried; see also StartChild.
func (s *Supervisor) RestartChild(ctx context.Context, id string) (actor.PID, error) {
	a, err := s.ask(ctx, reqRestart{id})
	return a.pid, err
}

// DeleteChild forgets a child that does not run. Errors: [ErrRunning],
// [ErrRestarting], [ErrNotFound]; see also StartChild.
func (s *Supervisor) DeleteChild(ctx context.Context, id string) error {
	_, err := s.ask(ctx, reqDelete{id})
	return err
}

// WhichChildren lists the children, the newest first. For errors see
// StartChild.
func (s *Supervisor) WhichChildren(ctx context.Context) ([]ChildInfo, error) {
	a, err := s.ask(ctx, reqWhich{})
	return a.which, err
}

// CountChildren counts the children. For errors see StartChild.
func (s *Supervisor) CountChildren(ctx context.Context) (Counts, error) {
	a, err := s.ask(ctx, reqCount{})
	return a.count, err
}
