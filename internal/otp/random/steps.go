package random

import (
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// steps draws a step, or some that belong together.
func (d *drawing) steps() []scenario.Step {
	switch n := d.IntN(100); {
	case n < 5:
		return d.burst()
	case n < 10:
		return d.byHand()
	case n < 14:
		return d.together()
	case n < 33:
		return []scenario.Step{d.exit()}
	case n < 42:
		return []scenario.Step{d.exits()}
	case n < 58:
		return []scenario.Step{d.request()}
	case n < 69:
		return d.start()
	case n < 83:
		if p, ok := d.pick(place.canFail); ok {
			return []scenario.Step{d.failStarts(p)}
		}
	case n < 91:
		return []scenario.Step{{Op: scenario.Advance, Time: time.Duration(one(d, 0, 10, 50, 99, 100, 101, 200, 300, 301, 1000, 5000, 5001)) * time.Millisecond}}
	case n < 94:
		if p, ok := d.pick(place.mayHang); ok {
			return []scenario.Step{ask(scenario.HangStop, p.path)}
		}
	case n < 97:
		if p, ok := d.pick(place.isSupervisor); ok {
			return []scenario.Step{ask(scenario.CountChildren, p.path)}
		}
	}
	if p, ok := d.pick(place.isSupervisor); ok {
		return []scenario.Step{ask(scenario.WhichChildren, p.path)}
	}
	return nil
}

func (p place) isSupervisor() bool { return p.kind == plain || p.kind == pool }

// anywhere picks any place but the top.
func (d *drawing) anywhere() place {
	p, ok := d.pick(place.canFail)
	if !ok {
		return place{path: "nobody"}
	}
	return p
}

// exit has one child end.
func (d *drawing) exit() scenario.Step {
	p := d.anywhere()
	if d.chance(1) {
		p = d.places[0]
	}
	s := ask(scenario.Exit, p.path)
	s.Reason = one(d, "", "crash", "crash", "crash", "crash", "normal", "normal", "normal", "shutdown", "shutdown:x", "kill")
	if p.kind != worker && s.Reason == "kill" {
		s.Reason = "crash"
	}
	return s
}

// exits has several workers of one supervisor end together.
func (d *drawing) exits() scenario.Step {
	sup, ok := d.pick(place.isSupervisor)
	if !ok {
		return d.exit()
	}
	return d.exitsOf(sup, 3)
}

// exitsOf is exits of one supervisor, of so many at most.
func (d *drawing) exitsOf(sup place, most int) scenario.Step {
	s := scenario.Step{Op: scenario.Exit, List: true, Reason: one(d, "", "crash", "crash", "normal", "shutdown", "kill")}
	for _, i := range d.Perm(len(d.places)) {
		p := d.places[i]
		if parent, _ := split(p.path); p.kind == worker && parent == sup.path && len(s.Paths) < most {
			s.Paths = append(s.Paths, p.path)
		}
	}
	if len(s.Paths) == 0 {
		return d.exit()
	}
	return s
}

// request asks for something about a child.
func (d *drawing) request() scenario.Step {
	op := one(d, scenario.TerminateChild, scenario.TerminateChild, scenario.RestartChild, scenario.RestartChild, scenario.DeleteChild)
	if d.chance(3) {
		return ask(op, join(d.anywhere().path, "nobody"))
	}
	return ask(op, d.anywhere().path)
}

// start asks for a child or an instance.
func (d *drawing) start() []scenario.Step {
	sup, ok := d.pick(place.isSupervisor)
	if !ok {
		return nil
	}
	if sup.kind == pool {
		step := ask(scenario.StartChild, sup.path)
		if d.chance(80) {
			return []scenario.Step{step}
		}
		// The plan is for this one start.
		path := join(sup.path, "t")
		plan := scenario.Step{Op: scenario.FailStarts, Paths: []string{path}, Reason: one(d, "", "exception", "ignore")}
		end := scenario.Step{Op: scenario.FailStarts, Paths: []string{path}, Times: ptr(0)}
		return []scenario.Step{plan, step, end}
	}
	step := ask(scenario.StartChild, sup.path)
	if p, ok := d.pick(func(p place) bool {
		parent, _ := split(p.path)
		return p.kind == worker && !p.instance && parent == sup.path
	}); ok && d.chance(35) {
		step.Spec = ptr(p.child)
	} else {
		d.kids++
		step.Spec = ptr(d.child(sup.path, fmt.Sprintf("n%d", d.kids), 1+d.IntN(2), sup.supervisor.AutoShutdown, sup.beneath, false))
	}
	if d.chance(8) {
		d.spoilChild(step.Spec)
	}
	return []scenario.Step{step}
}

// failStarts plans that starts of p fail.
func (d *drawing) failStarts(p place) scenario.Step {
	s := scenario.Step{Op: scenario.FailStarts, Paths: []string{p.path}, Reason: one(d, "", "error", "error", "error", "exception", "ignore", "ignore")}
	if d.chance(80) {
		s.Times = ptr(one(d, 1, 1, 1, 2, 3, 9, 0))
	}
	if s.Reason == "ignore" && (p.instance || p.kind == template) {
		s.Reason = "error"
	}
	if parent, _ := split(p.path); d.chance(35) && (s.Reason != "ignore" || parent == "") {
		for range 1 + d.IntN(2) {
			s.Queue = append(s.Queue, scenario.Queued{At: one(d, 1, 1, 1, 2, 3), Step: d.queued(p)})
		}
	}
	return s
}

// queued is a request to the supervisor of p.
func (d *drawing) queued(p place) scenario.Step {
	parent, _ := split(p.path)
	sibling, _ := d.pick(func(o place) bool { up, _ := split(o.path); return up == parent && o.path != "" })
	target := one(d, p.path, sibling.path)
	switch d.IntN(10) {
	case 0, 1, 2:
		return ask(scenario.TerminateChild, target)
	case 3, 4:
		return ask(scenario.RestartChild, target)
	case 5:
		return ask(scenario.DeleteChild, target)
	case 6:
		return ask(scenario.WhichChildren, parent)
	case 7:
		if parent == "" {
			return scenario.Step{Op: scenario.Stop, Reason: "shutdown"}
		}
	case 8:
		s := ask(scenario.StartChild, parent)
		for _, o := range d.places {
			if o.path == parent && o.kind == plain {
				s.Spec = ptr(sibling.child)
				if sibling.child.ID == "" || d.chance(50) {
					d.kids++
					s.Spec = ptr(d.child(parent, fmt.Sprintf("n%d", d.kids), 2, nil, o.beneath, false))
				}
			}
		}
		return s
	}
	return ask(scenario.CountChildren, parent)
}
