package main

import (
	"context"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/internal/census"
)

// observation is the census before, during and after a run.
type observation struct {
	title   string
	before  census.Count
	samples []census.Sample
	bounds  census.Bounds
	watch   *census.Watch
	most    int // processes that were asked for at once
}

// settling is how long what is ending may take.
const settling = 10 * time.Second

// observe takes the census before. most is how many processes are asked for.
func observe(title string, most int, b census.Bounds) *observation {
	w := census.NewWatch()
	return &observation{title: title, before: w.Take(), bounds: b, watch: w, most: most + beside}
}

// sample takes the census after so many rounds, when nothing is under way.
// What is ending is waited for: the numbers of the first sample are what a
// later one is to come down to.
func (o *observation) sample(ctx context.Context, after int) {
	limited, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	c := o.watch.Settle(limited, func(c census.Count) bool {
		if len(o.samples) == 0 {
			return true
		}
		first := o.samples[0].Count
		return c.Goroutines <= first.Goroutines && c.Descriptors <= first.Descriptors && c.Children <= first.Children && c.Zombies == first.Zombies
	})
	o.samples = append(o.samples, census.Sample{After: after, Count: c})
}

// calm takes the census after so many rounds when all was ended: nothing may be
// left.
func (o *observation) calm(ctx context.Context, after int) {
	limited, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	c := o.watch.Settle(limited, func(c census.Count) bool { return len(census.Left(o.before, c)) == 0 })
	o.samples = append(o.samples, census.Sample{After: after, Count: c})
}

// end takes the census after, and puts all of it into the outcome.
func (o *observation) end(ctx context.Context, out *outcome) {
	limited, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	after := o.watch.Settle(limited, func(c census.Count) bool { return len(census.Left(o.before, c)) == 0 })
	most, seen := o.watch.Stop()
	for _, f := range census.Growing(o.samples, o.bounds) {
		out.find("%s: %s", o.title, f)
	}
	for _, f := range census.Left(o.before, after) {
		out.find("%s: %s", o.title, f)
	}
	if most > o.most {
		out.find("%s: there were %d processes at once, %d were asked for", o.title, most, o.most)
	}
	if most != census.Unknown {
		out.note("%s: at most %d processes at once, and %d were asked for; at least %d in all.", o.title, most, o.most, seen)
	}
	out.head = []string{"", "round", "goroutines", "descriptors", "child processes", "zombies", "threads", "heap in use, KiB", "resident, MiB"}
	out.rows = append(out.rows, row(o.title, "before", o.before))
	for i, s := range o.samples {
		if step := max(1, len(o.samples)/5); i%step == 0 || i == len(o.samples)-1 {
			out.rows = append(out.rows, row("", fmt.Sprint(s.After), s.Count))
		}
	}
	out.rows = append(out.rows, row("", "after", after))
}

func row(title, round string, c census.Count) []string {
	cells := []string{title, round}
	for _, n := range []int{c.Goroutines, c.Descriptors, c.Children, c.Zombies, c.Threads} {
		if n == census.Unknown {
			cells = append(cells, "?")
			continue
		}
		cells = append(cells, fmt.Sprint(n))
	}
	return append(cells, fmt.Sprint(c.Heap>>10), fmt.Sprint(c.Resident>>20))
}
