package actor_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/proctor-dev/proctor/actor"
)

// Only what certainly did not begin, and where somebody is or will come, may be
// asked again.
func ExampleMayRetry() {
	for _, err := range []error{
		&actor.CallError{Op: "call", Delivery: actor.NotSent, Err: actor.ErrFull},
		&actor.CallError{Op: "call", Delivery: actor.Done, Err: errors.New("bad input")},
		&actor.CallError{Op: "call", Delivery: actor.Unknown, Err: actor.ErrKilled},
	} {
		fmt.Println(actor.MayRetry(err))
	}
	// Output:
	// true
	// false
	// false
}

// What is queued when its actor ends for good, and nobody waits for it, is a
// dead letter.
func ExampleWithDeadLetters() {
	ctx := context.Background()
	letters := make(chan actor.DeadLetter, 1)
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)), actor.WithDeadLetters(func(l actor.DeadLetter) { letters <- l }))
	busy := make(chan struct{})
	ref, _ := actor.SpawnFunc(ctx, sys, "slow", func(ctx context.Context, _ string) (int, error) {
		close(busy)
		<-ctx.Done()
		return 0, context.Cause(ctx)
	})
	_ = ref.Cast(ctx, "first")
	<-busy
	_ = ref.Cast(ctx, "second")
	fmt.Println(sys.Close(ctx))
	l := <-letters
	fmt.Println(l.To.Name, l.Request)
	// Output:
	// <nil>
	// slow second
}

func ExampleInside() {
	ctx, sys := context.Background(), actor.NewSystem()
	ref, _ := actor.SpawnFunc(ctx, sys, "a", func(ctx context.Context, _ int) (bool, error) { return actor.Inside(ctx), nil })
	fmt.Println(actor.Inside(ctx))
	fmt.Println(ref.Call(ctx, 0))
	fmt.Println(sys.Close(ctx))
	// Output:
	// false
	// true <nil>
	// <nil>
}

func ExampleMayWait() {
	ctx := context.Background()
	fmt.Println(actor.MayWait(ctx), actor.MayWait(actor.NoWait(ctx)))
	// Output: true false
}

// An actor that waited for its own end would wait for ever.
func ExampleRunsBeneath() {
	ctx, sys := context.Background(), actor.NewSystem()
	ref, _ := actor.SpawnFunc(ctx, sys, "a", func(ctx context.Context, path string) (bool, error) {
		return actor.RunsBeneath(ctx, sys, path), nil
	})
	fmt.Println(ref.Call(ctx, "a"))
	fmt.Println(ref.Call(ctx, "b"))
	fmt.Println(sys.Close(ctx))
	// Output:
	// true <nil>
	// false <nil>
	// <nil>
}

func ExampleLocate() {
	sys := actor.NewSystem()
	_, path, err := actor.Locate(sys, "counter")
	fmt.Println(path, err)
	slot := actor.NewSlot(sys, "top/counter", func(actor.Down) {})
	_, path, err = actor.Locate(slot, "counter")
	fmt.Println(path, err)
	// Output:
	// counter <nil>
	// top/counter <nil>
}

// A nil pointer that is returned as an error, the usual slip, would panic in
// whoever looks into it.
func ExampleSafeError() {
	var none *fs.PathError
	fmt.Printf("%T\n", actor.SafeError(none))
	fmt.Println(actor.SafeError(fs.ErrNotExist))
	// Output:
	// *actor.NilPointerError
	// file does not exist
}
