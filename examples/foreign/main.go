package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// Count is what the worker answers. Its source has a type of its own: what
// must agree is the task's name and how the values look on the wire.
type Count struct{ Words, Letters int }

var count = procactor.NewTask[string, Count]("count", nil) // the worker has the function

func main() {
	if err := start(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "foreign:", err)
		os.Exit(1)
	}
}

func start(ctx context.Context, args []string, out io.Writer) (err error) {
	if len(args) == 1 {
		return run(ctx, args[0], out)
	}
	dir, err := os.MkdirTemp("", "foreign-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	worker := filepath.Join(dir, "worker.exe") // Windows wants the ending, others do not mind
	build := exec.CommandContext(ctx, "go", "build", "-o", worker, "github.com/proctor-dev/proctor/examples/foreign/worker")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build the worker: %w", err)
	}
	return run(ctx, worker, out)
}

// run calls the program at path as a worker.
func run(ctx context.Context, path string, out io.Writer) (err error) {
	sys := actor.NewSystem()
	defer func() { err = errors.Join(err, sys.Close(ctx)) }()
	worker, err := procactor.Start(ctx, sys, "counter", procactor.Program(path))
	if err != nil {
		return err
	}
	for _, text := range []string{"a worker process, called like a function", "über alle Grenzen"} {
		n, err := count.On(worker).Call(ctx, text)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%q: %d words, %d letters\n", text, n.Words, n.Letters)
	}
	// A task that the other program does not have is told before it is sent.
	_, err = procactor.NewTask[string, string]("translate", nil).On(worker).Call(ctx, "hello")
	fmt.Fprintln(out, err)
	return nil
}
