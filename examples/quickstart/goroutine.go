package main

import (
	"context"
	"time"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/progress"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
)

// inOneGoroutine analyzes files in the calling goroutine, one after the
// other, with the task function that the workers have. Bar may be nil.
func inOneGoroutine(ctx context.Context, task analyze.Func, src string, files []string, bar *progress.Bar) (report.Run, error) {
	var run report.Run
	begin := time.Now()
	for _, path := range files {
		if ctx.Err() != nil {
			return report.Run{}, context.Cause(ctx)
		}
		out, err := task(ctx, analyze.Request{Src: src, Path: path})
		if run.Table, err = fold(run.Table, out, err); err != nil {
			return report.Run{}, err
		}
		bar.Step()
	}
	run.Elapsed = time.Since(begin)
	return run, nil
}
