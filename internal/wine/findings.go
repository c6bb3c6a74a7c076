package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// run is what was seen: the results of a Windows build, what the probe printed,
// and the names of the tests that are in a build for each of two systems.
type run struct {
	results        results
	probe          []string
	linux, windows map[id]bool
}

// findings are all differences between what was seen and what is known, in
// order; none means that all is well.
func findings(r run, k known) []string {
	var found []string
	found = append(found, ofProbe(r, k)...)
	found = append(found, ofResults(r, k)...)
	found = append(found, ofSkips(r, k)...)
	found = append(found, ofNames(r, k)...)
	return append(found, notRun(r)...)
}

func ofProbe(r run, k known) (found []string) {
	for _, line := range r.probe {
		if !slices.Contains(k.probe, line) {
			found = append(found, fmt.Sprintf("the probe says something new: %s", line))
		}
	}
	for _, line := range k.probe {
		if !slices.Contains(r.probe, line) {
			found = append(found, fmt.Sprintf("the probe does not say any more: %s", line))
		}
	}
	return found
}

// ofResults are tests that failed, or never ended, or skipped for no reason
// that is known.
func ofResults(r run, k known) (found []string) {
	for _, i := range r.results.ids() {
		result := r.results[i]
		switch result.action {
		case "pass":
		case "skip":
			if i.test == "" { // a package without tests: then those in it are missed below
				continue
			}
			if strings.HasPrefix(i.test, "Fuzz") && strings.Contains(i.test, "/") { // an input of its corpus that says too little
				continue
			}
			why, isKnown := k.skips[i]
			if !isKnown || why != result.why() {
				found = append(found, fmt.Sprintf("%v skipped: %s", i, result.why()))
			}
		case "fail":
			found = append(found, fmt.Sprintf("%v failed", i))
		default:
			found = append(found, fmt.Sprintf("%v has not ended", i))
		}
	}
	return found
}

// ofSkips are lines about skips that are not true.
func ofSkips(r run, k known) (found []string) {
	for _, i := range sorted(k.skips) {
		result := r.results[i]
		switch {
		case result == nil || result.action != "skip":
			found = append(found, fmt.Sprintf("%v is known to skip, and did not", i))
		case !slices.Contains(r.probe, k.skips[i]):
			found = append(found, fmt.Sprintf("%v skips for what no probe says: %s", i, k.skips[i]))
		}
	}
	return found
}

// ofNames are tests that a Windows build lacks, and lines about such that are
// not true. To find them nothing has to be run.
func ofNames(r run, k known) (found []string) {
	for _, i := range sorted(r.linux) {
		if _, isKnown := k.other[i]; !isKnown && !r.windows[i] {
			found = append(found, fmt.Sprintf("%v is not in the Windows build, and nothing says why", i))
		}
	}
	for _, i := range sorted(k.other) {
		switch {
		case r.windows[i]:
			found = append(found, fmt.Sprintf("%v is in the Windows build, though it is said not to be", i))
		case !r.linux[i]:
			found = append(found, fmt.Sprintf("%v is said not to be in the Windows build, and is nowhere", i))
		}
	}
	return found
}

// notRun are tests that were not run.
func notRun(r run) (found []string) {
	for _, i := range sorted(r.windows) {
		if r.results[i] == nil && strings.HasPrefix(i.test, "Test") {
			found = append(found, fmt.Sprintf("%v was not run", i))
		}
	}
	return found
}

func sorted[V any](m map[id]V) []id {
	return slices.SortedFunc(maps.Keys(m), func(a, b id) int {
		return strings.Compare(a.String(), b.String())
	})
}
