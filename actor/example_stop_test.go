package actor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/proctor-dev/proctor/actor"
)

func ExampleSystem_Stop() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.Spawn(ctx, sys, "counter", newCounter)
	down := ref.Watch(ctx)

	fmt.Println(sys.Stop(ctx, "counter")) // returns when it has ended
	fmt.Println(<-down)
	fmt.Println(errors.Is(sys.Stop(ctx, "counter"), actor.ErrNoActor))
	// Output:
	// <nil>
	// {counter@1 shutdown}
	// true
}

func ExampleSystem_Exit() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.Spawn(ctx, sys, "counter", newCounter)
	pid, _ := ref.PID()
	down := ref.Watch(ctx)

	fmt.Println(sys.Exit(pid, errors.New("out of date"))) // does not wait
	fmt.Println(<-down)
	fmt.Println(sys.Exit(pid, nil)) // that life is over, whoever has the name now
	// Output:
	// <nil>
	// {counter@1 out of date}
	// exit counter@1: no such actor
}

func ExampleSystem_WatchAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	_, _ = actor.Spawn(ctx, sys, "counter", newCounter)

	down := sys.WatchAt(ctx, "counter")
	_ = sys.Stop(ctx, "counter")
	fmt.Println(<-down)
	fmt.Println(<-sys.WatchAt(ctx, "nobody"))
	// Output:
	// {counter@1 shutdown}
	// {nobody no such actor}
}

func ExampleSystem_PIDAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	_, _ = actor.Spawn(ctx, sys, "counter", newCounter)

	fmt.Println(sys.PIDAt("counter"))
	fmt.Println(sys.PIDAt("nobody"))
	// Output:
	// counter@1 true
	// none false
}

func ExampleIsNormal() {
	fmt.Println(actor.IsNormal(actor.ErrNormal))
	fmt.Println(actor.IsNormal(fmt.Errorf("configuration changed: %w", actor.ErrShutdown)))
	fmt.Println(actor.IsNormal(actor.ErrKilled))
	// Output:
	// true
	// true
	// false
}

func ExampleCallError() {
	ctx, sys := context.Background(), actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.SpawnFunc(ctx, sys, "divider", func(_ context.Context, n int) (int, error) { return 100 / n, nil })

	_, err := ref.Call(ctx, 0)
	if failed, ok := errors.AsType[*actor.CallError](err); ok {
		fmt.Println(failed.Op, failed.PID, failed.Delivery)
	}
	panicked, ok := errors.AsType[*actor.PanicError](err)
	fmt.Println(panicked.Value, ok)
	// Output:
	// call divider@1 outcome unknown
	// runtime error: integer divide by zero true
}
