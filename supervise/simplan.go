package supervise

import (
	"errors"
	"slices"

	"github.com/proctor-dev/proctor/actor"
)

// StartFailure is how a planned start of a child fails.
type StartFailure uint8

// The ways.
const (
	// FailError: the StartFunc returns an error.
	FailError StartFailure = iota
	// FailPanic: it panics.
	FailPanic
	// FailIgnore: it returns [ErrIgnore].
	FailIgnore
)

// String returns OTP's name.
func (f StartFailure) String() string {
	switch f {
	case FailError:
		return "error"
	case FailPanic:
		return "exception"
	case FailIgnore:
		return "ignore"
	}
	return "unknown"
}

// FailPlan is what [Simulator.FailStarts] plans.
type FailPlan struct {
	// Times is how many of the next starts fail. Zero: none any more.
	Times int
	// How they fail.
	How StartFailure
	// Queue are requests that arrive while these starts are under way.
	Queue []QueuedRequest
}

// QueuedRequest is a request to a supervisor that is busy with a failing start.
// It is answered as soon as that has failed, before the start is tried again.
type QueuedRequest struct {
	At      int       // during which of the planned starts, from 1
	Op      RequestOp // what is asked for
	Path    string    // of the child; of the supervisor for what is asked about all its children
	Spec    ChildSpec // OpStartChild
	Reason  error     // OpStop
	To      Spec      // OpChange
	Changed []string  // OpChange: whoever is restarted
}

// simPlan is a FailPlan and how far it got.
type simPlan struct {
	FailPlan
	step int // that made it
	done int
}

// FailStarts has the next starts of the child at path fail, of whatever kind
// they are, and forgets what was planned for it before. The path may be that of
// a template, such as "pool/w": then it goes for all instances that have no
// plan of their own, together. Before Boot this is no step.
func (s *Simulator) FailStarts(path string, plan FailPlan) error {
	wrong := func(q QueuedRequest) bool { return !q.Op.known() }
	switch {
	case s.reg == nil:
		return s.unmade("FailStarts")
	case plan.Times < 0 || plan.How > FailIgnore:
		return s.misuse("FailStarts", path, "the plan is impossible", "give Times that are not negative, and a How that there is")
	case slices.ContainsFunc(plan.Queue, wrong):
		return s.misuse("FailStarts", path, "a request of its Queue asks for nothing", "set Op")
	}
	step := BeforeBoot
	if s.booted {
		if err := s.begin("FailStarts"); err != nil {
			return err
		}
		step = s.steps - 1
	}
	s.plans[path] = &simPlan{FailPlan: plan, step: step}
	return nil
}

// HangStop makes the worker at path, this and later lives, not stop when it is
// asked to, so that it has to be killed. Before Boot this is no step.
func (s *Simulator) HangStop(path string) error {
	if s.reg == nil {
		return s.unmade("HangStop")
	}
	if s.booted {
		if err := s.begin("HangStop"); err != nil {
			return err
		}
	}
	s.hangs[path] = true
	return nil
}

// planned takes one failure of the child at path, which starts in p, from its
// plan; nil when there is none.
func (s *Simulator) planned(p *simSupervisor, path string) *simPlan {
	plan := s.plans[path]
	if plan == nil && p.machine.template != nil {
		plan = s.plans[join(p.path, p.machine.template.ID)]
	}
	if plan == nil || plan.done >= plan.Times {
		return nil
	}
	plan.done++
	return plan
}

// errPlanned is the failure of a start that was planned.
var errPlanned = errors.New("planned")

// failPlanned plays the failure of a start, with what arrives meanwhile.
func (p *simSupervisor) failPlanned(c *simProcess, plan *simPlan) {
	for _, q := range plan.Queue {
		if q.At == plan.done {
			p.sim.ask(plan.step, q, func(any, error) {})
		}
	}
	switch plan.How {
	case FailIgnore:
		p.sim.note(TraceLine{Kind: TraceStartIgnored, Child: c.path})
		p.deliver(evIgnored{c.life})
	case FailPanic:
		p.startFailed(c, plan.How.String(), actor.NewPanicError(errPlanned))
	default:
		p.startFailed(c, plan.How.String(), errPlanned)
	}
}
