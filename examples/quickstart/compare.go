package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/poison"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/progress"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/tree"
)

// compare runs the poison alone and then all files in three ways: in one
// goroutine, in processes, and in processes with faults.
func compare(ctx, hard context.Context, src string, files []string, size int) (r report.Report, err error) {
	dir, err := os.MkdirTemp("", "quickstart-")
	if err != nil {
		return report.Report{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	poisoned, err := writePoison(dir)
	if err != nil {
		return report.Report{}, err
	}
	shown, err := poisonAsGoroutines(ctx, poisoned)
	if err != nil {
		return report.Report{}, err
	}
	// So that no run pays the disk for the others.
	tree.Warm(ctx, src, files)
	one, err := alongOneGoroutine(ctx, src, files)
	if err != nil {
		return report.Report{}, err
	}
	clean, died, err := alongProcesses(ctx, hard, src, files, size)
	if err != nil {
		return report.Report{}, err
	}
	faulty, errs, more, err := alongFaults(ctx, hard, src, files, poisoned, size)
	if err != nil {
		return report.Report{}, err
	}
	for i, kind := range poison.Kinds() {
		if err := expectError(kind, errs[i]); err != nil {
			return report.Report{}, err
		}
		shown[i].Proctor = errs[i].Error()
	}
	return report.New(size, one, clean, faulty, append(died, more...), shown), nil
}

// alongOneGoroutine is inOneGoroutine with a bar on the terminal; the
// following ones likewise.
func alongOneGoroutine(ctx context.Context, src string, files []string) (report.Run, error) {
	bar := progress.New(os.Stderr, "one goroutine", len(files))
	defer bar.Close()
	return inOneGoroutine(ctx, measure, src, files, bar)
}

func alongProcesses(ctx, hard context.Context, src string, files []string, size int) (run report.Run, died []report.Death, err error) {
	bar := progress.New(os.Stderr, fmt.Sprintf("%d processes", size), len(files))
	defer bar.Close()
	died, err = withWorkers(ctx, hard, size, func(w workers) (err error) {
		none := func(int) bool { return false }
		run, err = inProcesses(ctx, w.pool, requests(src, files, none), bar, func(int) {})
		return err
	})
	return run, died, err
}

func alongFaults(ctx, hard context.Context, src string, files []string, poisoned []analyze.Request, size int) (run report.Run, errs []error, died []report.Death, err error) {
	bar := progress.New(os.Stderr, fmt.Sprintf("%d processes and faults", size), len(files))
	defer bar.Close()
	died, err = withWorkers(ctx, hard, size, func(w workers) (err error) {
		run, errs, err = inFaultyProcesses(ctx, w, src, files, poisoned, bar)
		return err
	})
	return run, errs, died, err
}
