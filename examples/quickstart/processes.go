package main

import (
	"context"
	"iter"
	"time"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/progress"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/procactor"
)

// requests names each file; those that crash tells end the worker that takes
// them first.
func requests(src string, files []string, crash func(i int) bool) iter.Seq[analyze.Request] {
	return func(yield func(analyze.Request) bool) {
		for i, path := range files {
			if !yield(analyze.Request{Src: src, Path: path, Crash: crash(i)}) {
				return
			}
		}
	}
}

// inProcesses analyzes what in names in the pool's workers. After each answer
// it calls step with the number of answers before it. Bar may be nil.
func inProcesses(ctx context.Context, pool procactor.Host, in iter.Seq[analyze.Request], bar *progress.Bar, step func(i int)) (report.Run, error) {
	var run report.Run
	begin, i := time.Now(), 0
	for out, err := range procactor.Map(ctx, analysis.On(pool), in) {
		if run.Table, err = fold(run.Table, out, err); err != nil {
			return report.Run{}, err
		}
		bar.Step()
		step(i)
		i++
	}
	run.Elapsed = time.Since(begin)
	return run, nil
}
