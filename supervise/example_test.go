package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// silent is a system that does not log, for the sake of the output.
func silent() *actor.System {
	return actor.NewSystem(actor.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
}

// divide is an actor that crashes when it is asked to divide by zero.
func divide(actor.Ref[int, int]) actor.Behavior[int, int] {
	return actor.Func[int, int](func(_ context.Context, n int) (int, error) { return 100 / n, nil })
}

func wait(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// A tree of an actor, a service and a subtree.
func ExampleStart() {
	ctx, sys := context.Background(), silent()
	sup, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:   "top",
		Policy: supervise.Policy{Strategy: supervise.RestForOne, Intensity: 3, Period: time.Minute},
		Children: []supervise.ChildSpec{
			supervise.Actor("divide", divide),
			supervise.Go("service", wait),
			supervise.Child(supervise.Spec{Name: "more", Children: []supervise.ChildSpec{supervise.Go("inner", wait)}}),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	ref := actor.RefAt[int, int](sys, "top/divide")
	_, err = ref.Call(ctx, 0)
	fmt.Println(err)
	fmt.Println(ref.Call(ctx, 4)) // of the next life
	fmt.Println(sup.Stop(ctx), sup.Err())
	fmt.Println(sys.Close(ctx))
	// Output:
	// call top/divide@2: panic: runtime error: integer divide by zero (outcome unknown)
	// 25 <nil>
	// <nil> shutdown
	// <nil>
}

func ExampleGo() {
	ctx, sys := context.Background(), silent()
	tries, done := 0, make(chan struct{})
	poll := supervise.Go("poll", func(context.Context) error {
		tries++
		fmt.Println("try", tries)
		if tries < 3 {
			return errors.New("not there yet") // a crash: it is restarted
		}
		close(done)
		return nil // a normal end: it is not
	})
	poll.Restart = supervise.Transient
	_, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Policy: supervise.Policy{Intensity: 5}, Children: []supervise.ChildSpec{poll}})
	if err != nil {
		log.Fatal(err)
	}
	<-done
	fmt.Println(sys.Close(ctx))
	// Output:
	// try 1
	// try 2
	// try 3
	// <nil>
}

func ExampleActor() {
	ctx, sys := context.Background(), silent()
	if _, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{supervise.Actor("divide", divide)}}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(actor.RefAt[int, int](sys, "top/divide").Call(ctx, 5))
	fmt.Println(sys.Close(ctx))
	// Output:
	// 20 <nil>
	// <nil>
}

func ExampleChild() {
	ctx, sys := context.Background(), silent()
	inner := supervise.Child(supervise.Spec{Name: "inner", Children: []supervise.ChildSpec{supervise.Go("a", wait), supervise.Go("b", wait)}})
	inner.Restart = supervise.Transient // when it gives up, it stays down
	if _, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{inner}}); err != nil {
		log.Fatal(err)
	}
	counts, err := supervise.SupervisorAt(sys, "top/inner").CountChildren(ctx)
	fmt.Printf("%+v %v\n", counts, err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// {Specs:2 Active:2 Supervisors:0 Workers:2} <nil>
	// <nil>
}

func ExampleSupervisorAt() {
	ctx, sys := context.Background(), silent()
	if _, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top"}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(supervise.SupervisorAt(sys, "top").PID())
	_, err := supervise.SupervisorAt(sys, "elsewhere").CountChildren(ctx)
	fmt.Println(err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// top@1
	// supervisor elsewhere: no such actor
	// <nil>
}

// Children can come and go while the supervisor runs.
func ExampleSupervisor_StartChild() {
	ctx, sys := context.Background(), silent()
	sup, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{supervise.Go("a", wait)}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sup.StartChild(ctx, supervise.Go("b", wait)))
	fmt.Println(sup.StartChild(ctx, supervise.Go("b", wait)))
	fmt.Println(sup.TerminateChild(ctx, "b"))
	children, err := sup.WhichChildren(ctx)
	for _, c := range children {
		fmt.Println(c.ID, c.State)
	}
	fmt.Println(err)
	fmt.Println(sup.RestartChild(ctx, "b"))
	fmt.Println(sup.DeleteChild(ctx, "b"))
	fmt.Println(sys.Close(ctx))
	// Output:
	// top/b@3 <nil>
	// top/b@3 a child of that id is running
	// <nil>
	// b undefined
	// a running
	// <nil>
	// top/b@4 <nil>
	// the child is running
	// <nil>
}

// A supervisor that gave up says why.
func ExampleIntensityError() {
	ctx, sys := context.Background(), silent()
	sup, err := supervise.Start(ctx, sys, supervise.Spec{
		Name:     "top",
		Policy:   supervise.Policy{Intensity: 1, Period: time.Minute},
		Children: []supervise.ChildSpec{supervise.Go("w", func(context.Context) error { return errors.New("no disk") })},
	})
	if err != nil {
		log.Fatal(err)
	}
	<-sup.Done()
	fmt.Println(sup.Err())
	fmt.Println(errors.Is(sup.Err(), actor.ErrShutdown))
	fmt.Println(sys.Close(ctx))
	// Output:
	// gave up at death 2 within 1m0s (restarts allowed: 1): w: no disk; w: no disk
	// true
	// <nil>
}

// A wrong spec says what to write instead.
func ExampleSpecError() {
	_, err := supervise.Start(context.Background(), silent(), supervise.Spec{
		Name:     "top",
		Children: []supervise.ChildSpec{{ID: "w"}},
	})
	fmt.Println(err)
	// Output:
	// start top: supervise: supervisor "top": child "w": Start is nil; use Actor, Go or Child, or write a StartFunc
}
