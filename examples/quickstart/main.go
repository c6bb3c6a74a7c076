package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/alone"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/progress"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/tree"
)

// Exit statuses beside 0.
const (
	statusFailed      = 1
	statusUsage       = 2
	statusInterrupted = 130 // as a shell says of Ctrl-C
)

func main() {
	debug.SetMaxStack(analyze.MaxStack) // in every process, whatever it is for
	task := analyze.New(nil)
	alone.Main(task)
	os.Exit(start(task))
}

// start is the program that a person started; it returns the exit status.
func start(task analyze.Func) int {
	o, err := parseOptions(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return statusUsage
	}
	ctx, stop := interruptible(context.Background(), func() { os.Exit(statusInterrupted) })
	defer stop()
	err = run(ctx, task, o)
	switch {
	case err == nil:
		return 0
	case errors.Is(context.Cause(ctx), errInterrupted):
		fmt.Fprintln(os.Stderr, "quickstart: interrupted")
		return statusInterrupted
	default:
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		return statusFailed
	}
}

// run does all runs and prints what they found.
func run(ctx context.Context, task analyze.Func, o options) error {
	src, files, err := find(ctx, o.src)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "quickstart-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	requests, err := writePoison(dir)
	if err != nil {
		return err
	}
	poisoned, err := poisonAsGoroutines(ctx, requests)
	if err != nil {
		return err
	}
	bar := progress.New(os.Stderr, "one goroutine", len(files))
	one, err := inOneGoroutine(ctx, task, src, files, bar)
	bar.Close()
	if err != nil {
		return err
	}
	return show(one, poisoned)
}

// find names the tree and lists its files.
func find(ctx context.Context, src string) (string, []string, error) {
	if src == "" {
		std, err := tree.StandardLibrary(ctx)
		if err != nil {
			return "", nil, err
		}
		src = std
	}
	// A worker need not have this program's working directory.
	src, err := filepath.Abs(src)
	if err != nil {
		return "", nil, err
	}
	files, err := tree.Files(src)
	if err != nil {
		return "", nil, fmt.Errorf("list %s: %w", src, err)
	}
	return src, files, nil
}

// show prints what has been found so far; the runs through processes, and with
// them the report, join when there are processes.
func show(one report.Run, poisoned []report.Poison) error {
	for _, p := range poisoned {
		fmt.Printf("%s, as a goroutine: %s\n", p.Kind, p.Goroutine)
	}
	fmt.Printf("\n%s\none goroutine: %v\n", one.Table.Summary(), one.Elapsed)
	return nil
}
