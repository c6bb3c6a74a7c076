package random

import (
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// Defined reports whether OTP says what must become of the scenario, of which
// trace is what became of it here. What it does not say, or does wrong:
//
//   - what a supervisor's children do when it is killed;
//   - which requests are served in which order when they are not for the
//     supervisor that is busy, or are for one that dies before;
//   - an instance whose restart is ignored, or that is terminated while it waits
//     for another try and counted later: mistakes of OTP 25;
//   - which_children while an instance waits for another try;
//   - how long the stops of instances take, together, when what is beneath them
//     hangs.
func Defined(s *scenario.Scenario, trace scenario.Trace) bool {
	c := checker{s}
	for i, step := range slices.Concat(s.Setup, s.Steps) {
		if step.Op == scenario.FailStarts && !c.queueDefined(step, i < len(s.Setup)) || step.Op == scenario.HangStop && beneathInstance(step.Path()) {
			return false
		}
	}
	for _, step := range c.all() {
		if step.Op == scenario.StartChild && (step.Spec == nil) != c.isPool(step.Path()) {
			return false
		}
	}
	return c.traceDefined(trace)
}

type checker struct{ s *scenario.Scenario }

// isInstance goes by the last part of the path.
func isInstance(path string) bool {
	_, id := split(path)
	return strings.Contains(id, "#")
}

// beneathInstance reports whether a part before the last one is an instance.
func beneathInstance(path string) bool {
	parent, _ := split(path)
	return strings.Contains(parent, "#")
}

// queueDefined holds what is queued while starts fail.
func (c checker) queueDefined(plan scenario.Step, setup bool) bool {
	parent, _ := split(plan.Path())
	for _, q := range plan.Queue {
		path := q.Step.Path()
		switch q.Step.Op {
		case scenario.TerminateChild:
			if isInstance(path) && !c.terminateDefined(path) {
				return false
			}
			path, _ = split(path)
		case scenario.RestartChild, scenario.DeleteChild:
			path, _ = split(path)
		case scenario.WhichChildren:
			if c.isPool(path) {
				return false
			}
		case scenario.Stop:
			if setup {
				return false
			}
		default:
		}
		if path != parent || plan.Reason == "ignore" && parent != "" {
			return false
		}
	}
	return true
}

// terminateDefined reports whether nobody counts after an instance was
// terminated that waited for another try.
func (c checker) terminateDefined(path string) bool {
	parent, _ := split(path)
	return !slices.ContainsFunc(c.all(), func(s scenario.Step) bool {
		return s.Op == scenario.CountChildren && s.Path() == parent || s.Op == scenario.HangStop && isInstance(s.Path())
	})
}

// all are the steps with those that are queued.
func (c checker) all() []scenario.Step {
	all := slices.Concat(c.s.Setup, c.s.Steps)
	for _, s := range all {
		for _, q := range s.Queue {
			all = append(all, q.Step)
		}
	}
	return all
}

// isPool reports whether a supervisor at path may be a simple_one_for_one.
func (c checker) isPool(path string) bool {
	if isPool(c.s.Supervisor, strings.Split(path, "/")) {
		return true
	}
	for _, s := range c.all() {
		if s.Spec == nil {
			continue
		}
		at := join(s.Path(), s.Spec.ID)
		rest, ok := strings.CutPrefix(path, at)
		if ok && s.Spec.Supervisor != nil && isPool(s.Spec.Supervisor, strings.Split(strings.TrimPrefix(rest, "/"), "/")) {
			return true
		}
	}
	return false
}

func isPool(s *scenario.Supervisor, ids []string) bool {
	if len(ids) == 0 || ids[0] == "" {
		return s.Strategy != nil && *s.Strategy == "simple_one_for_one"
	}
	id, _, _ := strings.Cut(ids[0], "#")
	return slices.ContainsFunc(s.Children, func(c scenario.Child) bool {
		return c.ID == id && c.Supervisor != nil && isPool(c.Supervisor, ids[1:])
	})
}

// traceDefined holds what became of it.
func (c checker) traceDefined(trace scenario.Trace) bool {
	started := map[string]bool{}
	for _, l := range trace {
		switch l.Kind {
		case supervise.TraceStart:
			started[l.Child] = true
		case supervise.TraceStartIgnored:
			if isInstance(l.Child) && started[l.Child] {
				return false
			}
		case supervise.TraceSupervisorExit:
			// The oracle takes a stop that waits in the queue for the cause.
			if l.Supervisor == "" && l.Reason == "auto_shutdown" && c.stopIsQueued() {
				return false
			}
		case supervise.TraceReply:
			queued := l.Step < 0 || c.s.Steps[l.Step].Op == scenario.FailStarts
			if queued && l.Result == "error:noproc" {
				return false
			}
		default:
		}
	}
	return true
}

// stopIsQueued reports whether the owner's stop may come during a start.
func (c checker) stopIsQueued() bool {
	return slices.ContainsFunc(c.s.Steps, func(s scenario.Step) bool {
		return slices.ContainsFunc(s.Queue, func(q scenario.Queued) bool { return q.Step.Op == scenario.Stop })
	})
}
