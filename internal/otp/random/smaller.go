package random

import (
	"encoding/json"
	"slices"

	"github.com/proctor-dev/proctor/supervise/scenario"
)

// clone copies a scenario by what is written.
func clone(s *scenario.Scenario) (*scenario.Scenario, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return scenario.Parse(text)
}

// Smaller returns scenarios that lack something of s, those that lack much
// first.
func Smaller(s *scenario.Scenario) ([]*scenario.Scenario, error) {
	var all []*scenario.Scenario
	for _, less := range reductions(s) {
		c, err := clone(s)
		if err != nil {
			return nil, err
		}
		less(c)
		all = append(all, c)
	}
	return all, nil
}

// reductions are what can be left out of s, to be applied to copies of it.
func reductions(s *scenario.Scenario) []func(*scenario.Scenario) {
	var all []func(*scenario.Scenario)
	for size := len(s.Steps) / 2; size > 0; size /= 2 {
		for from := 0; from+size <= len(s.Steps); from += size {
			all = append(all, func(s *scenario.Scenario) { s.Steps = slices.Delete(s.Steps, from, from+size) })
		}
	}
	for i := range s.Setup {
		all = append(all, func(s *scenario.Scenario) { s.Setup = slices.Delete(s.Setup, i, i+1) })
	}
	hangs := slices.ContainsFunc(slices.Concat(s.Setup, s.Steps), func(s scenario.Step) bool { return s.Op == scenario.HangStop })
	for i, step := range slices.Concat(s.Setup, s.Steps) {
		all = append(all, lessOfStep(step, func(s *scenario.Scenario) *scenario.Step {
			if i < len(s.Setup) {
				return &s.Setup[i]
			}
			return &s.Steps[i-len(s.Setup)]
		}, hangs)...)
	}
	return append(all, lessOfTree(s.Supervisor, func(s *scenario.Scenario) *scenario.Supervisor { return s.Supervisor }, hangs)...)
}

// lessOfStep leaves something out of a step; at finds it in a copy.
func lessOfStep(step scenario.Step, at func(*scenario.Scenario) *scenario.Step, hangs bool) []func(*scenario.Scenario) {
	var all []func(*scenario.Scenario)
	for i := range step.Queue {
		all = append(all, func(s *scenario.Scenario) { at(s).Queue = slices.Delete(at(s).Queue, i, i+1) })
	}
	if len(step.Paths) > 1 {
		for i := range step.Paths {
			all = append(all, func(s *scenario.Scenario) { at(s).Paths = slices.Delete(at(s).Paths, i, i+1) })
		}
	} else if step.List {
		all = append(all, func(s *scenario.Scenario) { at(s).List = false })
	}
	if step.Times != nil && *step.Times > 1 {
		all = append(all, func(s *scenario.Scenario) { *at(s).Times /= 2 })
	}
	if step.Times != nil && *step.Times == 1 {
		all = append(all, func(s *scenario.Scenario) { at(s).Times = nil })
	}
	if step.Reason != "" && step.Op != scenario.Stop {
		all = append(all, func(s *scenario.Scenario) { at(s).Reason = "" })
	}
	if step.Spec != nil {
		all = append(all, lessOfChild(*step.Spec, func(s *scenario.Scenario) *scenario.Child { return at(s).Spec }, hangs)...)
	}
	return all
}

// lessOfTree leaves something out of a supervisor; at finds it in a copy.
func lessOfTree(tree *scenario.Supervisor, at func(*scenario.Scenario) *scenario.Supervisor, hangs bool) []func(*scenario.Scenario) {
	var all []func(*scenario.Scenario)
	for i := range tree.Children {
		all = append(all, func(s *scenario.Scenario) { at(s).Children = slices.Delete(at(s).Children, i, i+1) })
	}
	for i, c := range tree.Children {
		all = append(all, lessOfChild(c, func(s *scenario.Scenario) *scenario.Child { return &at(s).Children[i] }, hangs)...)
	}
	if tree.Strategy != nil {
		all = append(all, func(s *scenario.Scenario) { at(s).Strategy = nil })
	}
	if tree.Intensity != nil {
		all = append(all, func(s *scenario.Scenario) { at(s).Intensity = nil })
	}
	if tree.Period != nil {
		all = append(all, func(s *scenario.Scenario) { at(s).Period = nil })
	}
	if tree.AutoShutdown != nil {
		all = append(all, func(s *scenario.Scenario) { at(s).AutoShutdown = nil })
	}
	return all
}

// lessOfChild leaves something out of a child; at finds it in a copy. While
// somebody hangs, stops take as long as they took.
func lessOfChild(c scenario.Child, at func(*scenario.Scenario) *scenario.Child, hangs bool) []func(*scenario.Scenario) {
	var all []func(*scenario.Scenario)
	if c.Supervisor != nil {
		all = append(all, func(s *scenario.Scenario) { at(s).Supervisor = nil })
		all = append(all, lessOfTree(c.Supervisor, func(s *scenario.Scenario) *scenario.Supervisor { return at(s).Supervisor }, hangs)...)
	}
	if c.Shutdown != nil && !hangs {
		all = append(all, func(s *scenario.Scenario) { at(s).Shutdown = nil })
	}
	if c.Restart != nil {
		all = append(all, func(s *scenario.Scenario) { at(s).Restart = nil })
	}
	if c.Type != nil {
		all = append(all, func(s *scenario.Scenario) { at(s).Type = nil })
	}
	if c.Significant != nil {
		all = append(all, func(s *scenario.Scenario) { at(s).Significant = nil })
	}
	return all
}
