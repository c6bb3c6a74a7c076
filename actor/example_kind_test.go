package actor_test

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/proctor-dev/proctor/actor"
)

// direct is a kind of actor that answers each call at once, on the goroutine of
// its caller: a cell, which a path keeps, and a target, so that Refs reach it.
type direct struct {
	sys  *actor.System
	path string
	life atomic.Pointer[actor.Life] // nil: none serves
}

// Live, Held and Gone make it a Cell.
func (d *direct) Live(l *actor.Life) { d.life.Store(l) }
func (d *direct) Held()              { d.life.Store(nil) }
func (d *direct) Gone(error)         { d.life.Store(nil) }

// Name and what follows make it a Target.
func (d *direct) Name() string                                { return d.path }
func (d *direct) PID() (actor.PID, bool)                      { return d.sys.PIDAt(d.path) }
func (d *direct) Watch(ctx context.Context) <-chan actor.Down { return d.sys.WatchAt(ctx, d.path) }
func (d *direct) Cast(ctx context.Context, n int) error {
	_, err := d.answer(ctx, "cast", n)
	return err
}
func (d *direct) Call(ctx context.Context, n int) (int, error) { return d.answer(ctx, "call", n) }
func (d *direct) Stream(ctx context.Context, n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) { yield(d.answer(ctx, "stream", n)) }
}

func (d *direct) answer(ctx context.Context, op string, n int) (int, error) {
	refused := func(err error) error {
		return &actor.CallError{Op: op, PID: actor.PID{Name: d.path}, Delivery: actor.NotSent, Err: err}
	}
	switch {
	case ctx.Err() != nil:
		return 0, refused(actor.ContextError(ctx))
	case !d.sys.Admits(ctx):
		return 0, refused(actor.ErrDraining)
	case d.life.Load() == nil:
		return 0, refused(actor.ErrNoActor)
	}
	return n * n, nil
}

// startDirect begins a life of it. A supervisor's StartFunc calls the same with
// the slot that it is given.
func startDirect(at actor.Spawner, name string) (actor.Ref[int, int], error) {
	sys, path, err := actor.Locate(at, name)
	if err != nil {
		return actor.Ref[int, int]{}, err
	}
	cell, life, err := actor.Begin(at, name, func() *direct { return &direct{sys: sys, path: path} })
	if err != nil {
		return actor.Ref[int, int]{}, err
	}
	life.OnStop(life.End) // nothing runs that would have to end first
	life.OnKill(life.End)
	if !life.Ready() {
		return actor.Ref[int, int]{}, &actor.StartError{Name: path, Err: life.Reason()}
	}
	return actor.NewRef[int, int](cell), nil
}

// The smallest other kind of actor.
func Example_anotherKind() {
	ctx, sys := context.Background(), actor.NewSystem()
	ref, err := startDirect(sys, "square")
	fmt.Println(ref.Name(), err)
	fmt.Println(actor.RefAt[int, int](sys, "square").Call(ctx, 12))

	down := ref.Watch(ctx)
	fmt.Println(sys.Stop(ctx, "square"))
	fmt.Println((<-down).Reason)
	_, err = ref.Call(ctx, 12)
	fmt.Println(err)
	// Output:
	// square <nil>
	// 144 <nil>
	// <nil>
	// shutdown
	// call square: no such actor (not sent)
}
