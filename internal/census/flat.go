package census

import (
	"cmp"
	"fmt"
	"slices"
)

// Sample is a count after so many rounds of whatever is repeated.
type Sample struct {
	After int
	Count Count
}

// Bounds are how much the numbers may grow from the first to the last of the
// samples that are looked at. Growth is that of the line through the samples,
// so that one high sample says nothing; nothing may grow by a whole goroutine or
// descriptor.
type Bounds struct {
	Heap, Resident int // bytes
	Threads        int
}

// Growth returns by how much the line through the points (x, y) rises between
// the first and the last x. The slope is the median of those between any two
// points (Theil and Sen), which a few outliers do not move.
func Growth(x, y []int) float64 {
	if len(x) < 2 || len(x) != len(y) {
		return 0
	}
	var slopes []float64
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			if x[j] != x[i] {
				slopes = append(slopes, float64(y[j]-y[i])/float64(x[j]-x[i]))
			}
		}
	}
	if len(slopes) == 0 {
		return 0
	}
	slices.SortFunc(slopes, cmp.Compare)
	middle := slopes[len(slopes)/2]
	if len(slopes)%2 == 0 {
		middle = (middle + slopes[len(slopes)/2-1]) / 2
	}
	return middle * float64(slices.Max(x)-slices.Min(x))
}

// Growing says what of the samples grows by more than it may. The first third
// is not looked at: there caches and pools of buffers fill.
func Growing(samples []Sample, b Bounds) []string {
	samples = samples[len(samples)/3:]
	x := make([]int, len(samples))
	for i, s := range samples {
		x[i] = s.After
	}
	var found []string
	for _, q := range []struct {
		name string
		of   func(Count) int
		may  float64
	}{
		{"goroutines", func(c Count) int { return c.Goroutines }, 0.5},
		{"descriptors", func(c Count) int { return c.Descriptors }, 0.5},
		{"child processes", func(c Count) int { return c.Children }, 0.5},
		{"zombies", func(c Count) int { return c.Zombies }, 0.5},
		{"threads", func(c Count) int { return c.Threads }, float64(b.Threads)},
		{"bytes of heap", func(c Count) int { return c.Heap }, float64(b.Heap)},
		{"bytes of memory", func(c Count) int { return c.Resident }, float64(b.Resident)},
	} {
		y := make([]int, len(samples))
		for i, s := range samples {
			y[i] = q.of(s.Count)
		}
		if grown := Growth(x, y); grown > q.may {
			found = append(found, fmt.Sprintf("%s grow by %.1f between round %d and round %d; %.1f are allowed", q.name, grown, x[0], x[len(x)-1], q.may))
		}
	}
	return found
}

// Left says what there is more of after all was ended than before it began:
// goroutines, descriptors and child processes, of each of which not one may be
// left.
func Left(before, after Count) []string {
	var found []string
	for _, q := range []struct {
		name        string
		before, now int
	}{
		{"goroutines", before.Goroutines, after.Goroutines},
		{"descriptors", before.Descriptors, after.Descriptors},
		{"child processes", before.Children, after.Children},
		{"zombies", before.Zombies, after.Zombies},
	} {
		if q.now > q.before {
			found = append(found, fmt.Sprintf("%d %s before, %d after", q.before, q.name, q.now))
		}
	}
	return found
}
