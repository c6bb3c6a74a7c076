package main

import (
	"context"
	"time"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/alone"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/poison"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
)

const (
	// patience is how long a poison input may run before it counts as endless.
	patience = 2 * time.Second
	// forbearance is how long one may run that ends by itself: far more than it
	// needs, since on a busy machine all takes its time.
	forbearance = 5 * time.Minute
)

// patienceWith is how long poison of that kind is waited for, by whoever runs
// it.
func patienceWith(kind poison.Kind) time.Duration {
	if kind.EndsByItself() {
		return forbearance
	}
	return patience
}

// writePoison makes all poison files in dir. The requests are in the order of
// [poison.Kinds].
func writePoison(dir string) ([]analyze.Request, error) {
	var requests []analyze.Request
	for _, kind := range poison.Kinds() {
		in, err := kind.Write(dir)
		if err != nil {
			return nil, err
		}
		requests = append(requests, in)
	}
	return requests, nil
}

// poisonAsGoroutines runs each poison input as a goroutine of a child process
// of its own and tells how that ended. The requests are writePoison's.
func poisonAsGoroutines(ctx context.Context, requests []analyze.Request) ([]report.Poison, error) {
	var shown []report.Poison
	for i, kind := range poison.Kinds() {
		fate, err := alone.Run(ctx, requests[i], patienceWith(kind))
		if err != nil {
			return nil, err
		}
		if err := expectFate(kind, fate); err != nil {
			return nil, err
		}
		shown = append(shown, report.Poison{Kind: string(kind), Goroutine: fate.String()})
	}
	return shown, nil
}
