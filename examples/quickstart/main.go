package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/alone"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/tree"
	"github.com/proctor-dev/proctor/procactor"
)

// errDifferent says that the runs did not find the same.
var errDifferent = errors.New("the tables differ")

// Exit statuses beside 0.
const (
	statusFailed      = 1
	statusUsage       = 2
	statusInterrupted = 130 // as a shell says of Ctrl-C
)

func main() {
	debug.SetMaxStack(analyze.MaxStack) // in every process, whatever it is for
	procactor.Main(analysis)            // a worker does not get further
	alone.Main(measure)                 // nor does a child that runs a goroutine
	os.Exit(start())
}

// start is the program that a person started; it returns the exit status.
func start() int {
	o, err := parseOptions(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return statusUsage
	}
	hard, kill := context.WithCancel(context.Background())
	defer kill()
	ctx, stop := interruptible(context.Background(), kill)
	defer stop()
	err = run(ctx, hard, o)
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

// run does all runs and prints what they found. The end of ctx stops it, that
// of hard kills what is then still being stopped.
func run(ctx, hard context.Context, o options) error {
	src, files, err := find(ctx, o.src)
	if err != nil {
		return err
	}
	r, err := compare(ctx, hard, src, files, o.workers)
	if err != nil {
		return err
	}
	return show(r, o.json, os.Stdout)
}

// show prints the report. That the tables differ is an error beside.
func show(r report.Report, asJSON bool, out io.Writer) error {
	write := r.Text
	if asJSON {
		write = r.JSON
	}
	if err := write(out); err != nil {
		return err
	}
	if !r.Identical {
		return errDifferent
	}
	return nil
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
	if len(files) == 0 {
		return "", nil, fmt.Errorf("there is no Go file below %s", src)
	}
	return src, files, nil
}
