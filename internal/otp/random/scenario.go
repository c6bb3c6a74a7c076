package random

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// Scenario draws a scenario; it may be one that is not [Defined].
func Scenario(r *rand.Rand) *scenario.Scenario {
	d := &drawing{Rand: r}
	d.pools = d.chance(40)
	tree := d.supervisor("", 0, false)
	if d.chance(6) {
		d.spoil(&tree)
	}
	s := &scenario.Scenario{Name: "random", Supervisor: &tree}
	if d.chance(25) {
		s.Setup = d.setup()
	}
	for _, p := range d.places {
		if p.kind == pool {
			for range 1 + d.IntN(3) {
				s.Steps = append(s.Steps, ask(scenario.StartChild, p.path))
			}
		}
	}
	for range 4 + d.IntN(14) {
		s.Steps = append(s.Steps, d.steps()...)
	}
	s.Steps = append(s.Steps, ask(scenario.WhichChildren, ""), ask(scenario.CountChildren, ""))
	if d.chance(80) {
		s.Steps = append(s.Steps, scenario.Step{Op: scenario.Stop, Reason: one(d, "shutdown", "shutdown", "shutdown", "normal", "crash", "shutdown:x")})
	}
	s.Unordered = hasPool(&tree) || slices.ContainsFunc(s.Steps, func(s scenario.Step) bool {
		return s.Spec != nil && s.Spec.Supervisor != nil && hasPool(s.Spec.Supervisor)
	})
	return s
}

// hasPool reports whether a tree has instances: they are stopped all at once,
// in no order.
func hasPool(s *scenario.Supervisor) bool {
	if s.Strategy != nil && *s.Strategy == "simple_one_for_one" {
		return true
	}
	return slices.ContainsFunc(s.Children, func(c scenario.Child) bool { return c.Supervisor != nil && hasPool(c.Supervisor) })
}

// spoil puts a mistake somewhere in the tree.
func (d *drawing) spoil(s *scenario.Supervisor) {
	if len(s.Children) == 0 {
		return
	}
	if c := &s.Children[d.IntN(len(s.Children))]; c.Supervisor != nil && d.chance(60) {
		d.spoil(c.Supervisor)
		return
	}
	switch d.IntN(7) {
	case 0:
		s.Strategy = ptr("two_for_one")
	case 1:
		s.Intensity = ptr(-1 - d.IntN(2))
	case 2:
		s.Period = ptr(one(d, 0, -time.Second))
	case 3:
		s.AutoShutdown = ptr("some_significant")
	case 4:
		s.Children = append(s.Children, s.Children[0])
	case 5:
		if len(s.Children) > 1 {
			s.Strategy = ptr("simple_one_for_one")
		}
	case 6:
		d.spoilChild(&s.Children[d.IntN(len(s.Children))])
	}
}

func (d *drawing) spoilChild(c *scenario.Child) {
	switch d.IntN(4) {
	case 0:
		c.Restart = ptr("often")
	case 1:
		c.Shutdown = &scenario.Shutdown{Time: -10 * time.Millisecond}
	case 2:
		c.Type = ptr("boss")
	case 3:
		c.Restart, c.Significant = nil, ptr(true)
	}
}

// setup draws what is arranged before the tree is started.
func (d *drawing) setup() []scenario.Step {
	var steps []scenario.Step
	for range 1 + d.IntN(2) {
		if p, ok := d.pick(place.mayHang); ok && d.chance(40) {
			steps = append(steps, ask(scenario.HangStop, p.path))
			continue
		}
		if p, ok := d.pick(place.canFail); ok {
			step := d.failStarts(p)
			if d.chance(60) {
				step.Reason = "ignore"
				step.Queue = nil
			}
			steps = append(steps, step)
		}
	}
	return steps
}

// ask is a step that says no more than a path.
func ask(op scenario.Op, path string) scenario.Step {
	return scenario.Step{Op: op, Paths: []string{path}}
}

// canFail reports whether starts at that place can be planned to fail.
func (p place) canFail() bool { return p.path != "" }
