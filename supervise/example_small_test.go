package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

func ExampleActorFunc() {
	ctx, sys := context.Background(), silent()
	half := supervise.ActorFunc("half", func(_ context.Context, n int) (float64, error) { return float64(n) / 2, nil })
	if _, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{half}}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(actor.RefAt[int, float64](sys, "top/half").Call(ctx, 5))
	fmt.Println(sys.Close(ctx))
	// Output:
	// 2.5 <nil>
	// <nil>
}

// exitStatus is an error that knows why something ended.
type exitStatus int

func (s exitStatus) Error() string              { return fmt.Sprintf("exit status %d", int(s)) }
func (s exitStatus) ExitCause() supervise.Cause { return supervise.Cause{Exited: true, Code: int(s)} }

func ExampleCauseOf() {
	cause := supervise.CauseOf(fmt.Errorf("the report: %w", exitStatus(3)))
	fmt.Println(cause.Exited, cause.Code, cause.Err)
	// Output: true 3 the report: exit status 3
}

func ExampleNewSimulator() {
	sim := supervise.NewSimulator(supervise.Spec{Name: "top", Children: []supervise.ChildSpec{supervise.Go("w", nil)}}, supervise.SimulatorOptions{})
	fmt.Println(sim.Boot())
	fmt.Println(sim.WhichChildren(""))
	// Output:
	// <nil>
	// [{w running none worker permanent}] <nil>
}

// The clock of a Simulator stands still until somebody advances it.
func ExampleEpoch() {
	sim := supervise.NewSimulator(supervise.Spec{Name: "top"}, supervise.SimulatorOptions{})
	if err := sim.Boot(); err != nil {
		log.Fatal(err)
	}
	if err := sim.Advance(time.Hour); err != nil {
		log.Fatal(err)
	}
	fmt.Println(sim.Now().Sub(supervise.Epoch()))
	// Output: 1h0m0s
}

func ExampleInterval() {
	ctx, sys := context.Background(), silent()
	ticks := make(chan struct{})
	tick := func(ctx context.Context) error {
		select {
		case ticks <- struct{}{}:
		case <-ctx.Done():
		}
		return nil
	}
	every := supervise.Every("tick", supervise.Interval(time.Millisecond), tick)
	if _, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{every}}); err != nil {
		log.Fatal(err)
	}
	<-ticks
	<-ticks
	fmt.Println("twice", sys.Close(ctx))
	// Output: twice <nil>
}

// A child that runs once, a moment after its start.
func ExampleTimes() {
	ctx, sys := context.Background(), silent()
	ran := make(chan struct{})
	first := true
	once := supervise.Times(func(last time.Time) time.Time {
		if first {
			first = false
			return last.Add(time.Millisecond)
		}
		return time.Time{} // there is none any more
	})
	child := supervise.Every("once", once, func(context.Context) error { close(ran); return nil })
	child.Restart = supervise.Transient
	if _, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{child}}); err != nil {
		log.Fatal(err)
	}
	<-ran
	fmt.Println("once", sys.Close(ctx))
	// Output: once <nil>
}

func ExampleTickOf() {
	ctx, sys := context.Background(), silent()
	missed := make(chan int, 1)
	sweep := func(ctx context.Context) error {
		if tick, ok := supervise.TickOf(ctx); ok {
			missed <- tick.Missed
		}
		return nil
	}
	every := supervise.Every("sweep", supervise.Interval(time.Hour).AtOnce(), sweep)
	if _, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{every}}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-missed, "missed")
	fmt.Println(sys.Close(ctx))
	// Output:
	// 0 missed
	// <nil>
}

// Whoever asks for a client that may go lets the stop it asked for go on.
func ExampleLetFinish() {
	ctx, sys := context.Background(), silent()
	sup, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{supervise.Go("w", wait)}})
	if err != nil {
		log.Fatal(err)
	}
	client, gone := context.WithCancel(ctx)
	defer gone()
	fmt.Println(sup.TerminateChild(supervise.LetFinish(client), "w"))
	fmt.Println(sys.Close(ctx))
	// Output:
	// <nil>
	// <nil>
}

// A StartFunc starts under the name that its slot wants.
func ExampleNameAt() {
	sys := silent()
	for _, path := range []string{"top/w", "top/w#3"} {
		slot := actor.NewSlot(sys, path, func(actor.Down) {})
		fmt.Println(supervise.NameAt(slot, "w"))
	}
	// Output:
	// w
	// w#3
}

// A run that fails this way is told, and the next one comes all the same.
func ExampleSurvivable() {
	ctx, sys := context.Background(), silent()
	begin := make(chan struct{})
	report := func(context.Context) error {
		<-begin
		return supervise.Survivable(errors.New("the printer is out of paper"))
	}
	every := supervise.Every("report", supervise.Interval(time.Hour).AtOnce(), report)
	sup, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{every}})
	if err != nil {
		log.Fatal(err)
	}
	events := sup.Events(ctx)
	close(begin)
	for e := range events {
		if e.Kind == supervise.EventRunFailed {
			fmt.Println(e)
			break
		}
	}
	fmt.Println(sys.Close(ctx))
	// Output:
	// top/report run_failed: the printer is out of paper
	// <nil>
}
