package random

import (
	"time"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// Some mistakes show only when steps follow one another that chance alone
// rarely brings together.

// burst has children of one supervisor end as often as it allows, and once more
// at the end of its period, or just before or behind it.
func (d *drawing) burst() []scenario.Step {
	p, ok := d.pick(func(p place) bool { return p.kind == worker })
	if !ok {
		return nil
	}
	parent, _ := split(p.path)
	intensity, period := 1, 5*time.Second
	for _, sup := range d.places {
		if sup.path != parent || sup.supervisor == nil {
			continue
		}
		if sup.supervisor.Intensity != nil {
			intensity = *sup.supervisor.Intensity
		}
		if sup.supervisor.Period != nil {
			period = *sup.supervisor.Period
		}
	}
	pause := scenario.Step{Op: scenario.Advance, Time: period + time.Duration(one(d, -1, 0, 0, 1))*time.Millisecond}
	var steps []scenario.Step
	if d.chance(50) {
		steps = append(steps, pause) // nothing before counts
	}
	for i := range min(intensity, 5) {
		steps = append(steps, ask(scenario.Exit, p.path))
		if i == 0 {
			steps = append(steps, pause)
		}
	}
	return append(steps, ask(scenario.Exit, p.path))
}

// byHand has somebody see to a child: it is terminated, deleted, started anew,
// and that fails perhaps.
func (d *drawing) byHand() []scenario.Step {
	p, ok := d.pick(func(p place) bool { return p.kind == worker && !p.instance })
	if !ok {
		return nil
	}
	parent, _ := split(p.path)
	var steps []scenario.Step
	if d.chance(50) {
		steps = append(steps, ask(scenario.Exit, p.path))
	}
	steps = append(steps, ask(scenario.TerminateChild, p.path))
	if d.chance(40) {
		steps = append(steps, scenario.Step{Op: scenario.FailStarts, Paths: []string{p.path}, Reason: one(d, "", "exception", "ignore")})
	}
	if d.chance(50) {
		again := ask(scenario.StartChild, parent)
		again.Spec = ptr(p.child)
		steps = append(steps, ask(scenario.DeleteChild, p.path), again)
	} else {
		steps = append(steps, ask(scenario.RestartChild, p.path))
	}
	if d.chance(50) {
		steps = append(steps, ask(scenario.Exit, p.path))
	}
	return steps
}

// together has several children of one supervisor end, the first of which does
// not come up again at once: the other ends are seen while it waits.
func (d *drawing) together() []scenario.Step {
	exits := d.exits()
	if all, ok := d.pick(place.waitsForAll); ok && d.chance(60) {
		exits = d.exitsOf(all, 9)
	}
	if len(exits.Paths) < 2 {
		return []scenario.Step{exits}
	}
	exits.Reason = one(d, "", "crash", "crash", "kill")
	plan := ask(scenario.FailStarts, exits.Path())
	if d.chance(30) {
		plan.Times = ptr(2)
	}
	return []scenario.Step{plan, exits}
}

// waitsForAll reports whether a supervisor ends with the last of its
// significant children.
func (p place) waitsForAll() bool {
	return p.kind == plain && p.supervisor != nil && p.supervisor.AutoShutdown != nil && *p.supervisor.AutoShutdown == "all_significant"
}
