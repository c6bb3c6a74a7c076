package scenario

import (
	"errors"
	"fmt"
	"strings"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// Run plays the scenario on bare supervisors, in virtual time. It is an error
// when a step cannot be played, not when supervisors fail: that is a trace.
func Run(s *Scenario) (Trace, error) {
	if s.Supervisor == nil {
		return nil, fault("", "the key \"supervisor\" is missing")
	}
	return RunOn(s.Supervisor.Spec("top", nil), s)
}

// RunOn plays the steps of the scenario on another tree than its own.
func RunOn(tree supervise.Spec, s *Scenario) (Trace, error) {
	sim := supervise.NewSimulator(tree, supervise.SimulatorOptions{})
	for i, step := range s.Setup {
		if err := play(sim, step, fmt.Sprintf("setup[%d]", i)); err != nil {
			return sim.Trace(), err
		}
	}
	if err := misplay(sim.Boot(), "supervisor"); err != nil {
		return sim.Trace(), err
	}
	for i, step := range s.Steps {
		if err := play(sim, step, fmt.Sprintf("steps[%d]", i)); err != nil {
			return sim.Trace(), err
		}
	}
	return sim.Trace(), nil
}

// misplay tells what went wrong with a step from the answer to it.
func misplay(err error, place string) error {
	var wrong *supervise.SimulatorError
	switch {
	case errors.As(err, &wrong):
		return fault(place, "%s; %s", wrong.Problem, wrong.Hint)
	case errors.Is(err, supervise.ErrNotSimpleOneForOne):
		return fault(place, "the key \"spec\" is missing, and the supervisor has no template")
	}
	return nil
}

// play plays a step.
func play(sim *supervise.Simulator, s Step, place string) (err error) {
	switch s.Op {
	case Exit:
		err = sim.Exit(Reason(s.Reason), s.Paths...)
	case FailStarts:
		err = sim.FailStarts(s.Path(), s.Plan(nil))
	case HangStop:
		err = sim.HangStop(s.Path())
	case Advance:
		err = sim.Advance(s.Time)
	default:
		err = sim.Request(s.Request(nil))
	}
	return misplay(err, place)
}

// Plan is what a fail_starts step plans.
func (s Step) Plan(start Starter) supervise.FailPlan {
	plan := supervise.FailPlan{Times: 1}
	if s.Times != nil {
		plan.Times = *s.Times
	}
	switch s.Reason {
	case "exception":
		plan.How = supervise.FailPanic
	case "ignore":
		plan.How = supervise.FailIgnore
	}
	for _, q := range s.Queue {
		request := q.Step.Request(start)
		request.At = q.At
		plan.Queue = append(plan.Queue, request)
	}
	return plan
}

// Request is what a step asks for, if it asks for something.
func (s Step) Request(start Starter) supervise.QueuedRequest {
	q := supervise.QueuedRequest{Path: s.Path()}
	switch s.Op {
	case StartChild:
		q.Op = supervise.OpStartInstance
		if s.Spec != nil {
			q.Op, q.Spec = supervise.OpStartChild, s.Spec.Spec(start)
		}
	case TerminateChild:
		q.Op = supervise.OpTerminateChild
	case RestartChild:
		q.Op = supervise.OpRestartChild
	case DeleteChild:
		q.Op = supervise.OpDeleteChild
	case CountChildren:
		q.Op = supervise.OpCountChildren
	case WhichChildren:
		q.Op = supervise.OpWhichChildren
	case Stop:
		q.Op, q.Reason = supervise.OpStop, Reason(s.Reason)
	case Exit, FailStarts, HangStop, Advance:
	}
	return q
}

// Reason is the reason of an end that has that name in scenarios; none means
// crash.
func Reason(name string) error {
	switch {
	case name == "normal":
		return actor.ErrNormal
	case name == "shutdown":
		return actor.ErrShutdown
	case name == "kill":
		return actor.ErrKilled
	case strings.HasPrefix(name, "shutdown:"):
		return &reason{name, actor.ErrShutdown}
	case name == "":
		return &reason{"crash", nil}
	}
	return &reason{name, nil}
}

// reason is one that has a name of its own, and may be of a class.
type reason struct {
	name  string
	class error
}

func (r *reason) Error() string { return r.name }
func (r *reason) Unwrap() error { return r.class }
