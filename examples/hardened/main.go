//go:build linux

package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"golang.org/x/sys/unix"
)

var spy = procactor.NewTask("spy", func(context.Context, struct{}) (reached, error) { return reach(os.Getppid()), nil })

func main() {
	procactor.Main(spy)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	if os.Getuid() == 0 {
		fmt.Println("this is root, whose workers reach everything")
	}
	before, err := ask()
	if err != nil {
		return err
	}
	if err := harden(); err != nil {
		return err
	}
	after, err := ask()
	if err != nil {
		return err
	}
	fmt.Printf("%-12s %-8s %s\n", "reached", "as it is", "hardened")
	for i, what := range before.all() {
		fmt.Printf("%-12s %-8t %t\n", what.name, what.is, after.all()[i].is)
	}
	return nil
}

// harden has the kernel treat this process as one whose memory is secret
// (PR_SET_DUMPABLE in prctl(2)). It costs core dumps, and what a debugger or
// profiler of the same user could see; it is to be done first in main, before
// there is a worker, and is undone by exec.
func harden() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("make this process secret: %w", err)
	}
	return nil
}

// ask starts a worker and has it try.
func ask() (reached, error) {
	ctx, sys := context.Background(), actor.NewSystem()
	defer sys.Close(ctx) //nolint:errcheck // the worker has answered
	w, err := procactor.Start(ctx, sys, "spy", procactor.Self())
	if err != nil {
		return reached{}, err
	}
	return spy.On(w).Call(ctx, struct{}{})
}
