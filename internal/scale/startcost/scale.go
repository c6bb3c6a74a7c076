package main

import "time"

const (
	// whole is the scale at which every sample of the tests is the whole.
	whole = 20
	// bearable is what a process may cost for that. The tests start about ten
	// thousand then.
	bearable = 10 * time.Millisecond
)

// scaleFor is the scale for a machine on which a process costs so much: the
// dearer, the smaller, from the whole to the small sample.
func scaleFor(cost time.Duration) int {
	if cost <= bearable {
		return whole
	}
	return max(1, int(whole*bearable/cost))
}
