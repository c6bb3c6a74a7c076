package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// pair starts a supervisor with the children "a" and "b".
func pair(ctx context.Context, sys *actor.System) *supervise.Supervisor {
	sup, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:     "top",
		Children: []supervise.ChildSpec{supervise.Go("a", wait), supervise.Go("b", wait)},
	})
	if err != nil {
		log.Fatal(err)
	}
	return sup
}

// A terminated child stays known, and down until somebody starts it again.
func ExampleSupervisor_TerminateChild() {
	ctx, sys := context.Background(), silent()
	sup := pair(ctx, sys)

	fmt.Println(sup.TerminateChild(ctx, "a"))
	fmt.Println(sup.TerminateChild(ctx, "a")) // it is down already
	fmt.Println(errors.Is(sup.TerminateChild(ctx, "nobody"), supervise.ErrNotFound))
	fmt.Println(sys.Close(ctx))
	// Output:
	// <nil>
	// <nil>
	// true
	// <nil>
}

func ExampleSupervisor_RestartChild() {
	ctx, sys := context.Background(), silent()
	sup := pair(ctx, sys)

	_, err := sup.RestartChild(ctx, "a")
	fmt.Println(errors.Is(err, supervise.ErrRunning))
	_ = sup.TerminateChild(ctx, "a")
	pid, err := sup.RestartChild(ctx, "a")
	fmt.Println(pid.Name, err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// true
	// top/a <nil>
	// <nil>
}

// Only what does not run can be forgotten.
func ExampleSupervisor_DeleteChild() {
	ctx, sys := context.Background(), silent()
	sup := pair(ctx, sys)

	fmt.Println(sup.DeleteChild(ctx, "a"))
	_ = sup.TerminateChild(ctx, "a")
	fmt.Println(sup.DeleteChild(ctx, "a"))
	_, err := sup.RestartChild(ctx, "a")
	fmt.Println(errors.Is(err, supervise.ErrNotFound))
	fmt.Println(sys.Close(ctx))
	// Output:
	// the child is running
	// <nil>
	// true
	// <nil>
}

func ExampleSupervisor_WhichChildren() {
	ctx, sys := context.Background(), silent()
	sup := pair(ctx, sys)
	_ = sup.TerminateChild(ctx, "a")

	children, err := sup.WhichChildren(ctx)
	for _, c := range children { // the newest first
		fmt.Println(c.ID, c.State, c.PID, c.Type, c.Restart)
	}
	fmt.Println(err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// b running top/b@3 worker permanent
	// a undefined none worker permanent
	// <nil>
	// <nil>
}

func ExampleSupervisor_CountChildren() {
	ctx, sys := context.Background(), silent()
	sup := pair(ctx, sys)
	_ = sup.TerminateChild(ctx, "a")

	counts, err := sup.CountChildren(ctx)
	fmt.Println(counts.Specs, "known,", counts.Active, "running", err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// 2 known, 1 running <nil>
	// <nil>
}

func ExampleSupervisor_Stop() {
	ctx, sys := context.Background(), silent()
	sup := pair(ctx, sys)

	fmt.Println(sup.Err())
	fmt.Println(sup.Stop(ctx)) // "b", then "a", then itself
	<-sup.Done()
	fmt.Println(sup.Err())
	fmt.Println(sys.Close(ctx))
	// Output:
	// <nil>
	// <nil>
	// shutdown
	// <nil>
}

// A StartFunc may find that there is nothing to do.
func ExampleStartFunc() {
	ctx, sys := context.Background(), silent()
	optional := supervise.ChildSpec{
		ID:    "optional",
		Start: func(context.Context, *actor.Slot) error { return supervise.ErrIgnore },
	}
	sup, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{optional}})
	if err != nil {
		log.Fatal(err)
	}
	counts, err := sup.CountChildren(ctx)
	fmt.Println(counts.Specs, "known,", counts.Active, "running", err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// 1 known, 0 running <nil>
	// <nil>
}
