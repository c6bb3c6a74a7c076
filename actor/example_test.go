package actor_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
)

// counter is a behavior with a state of its own; it needs no lock.
type counter struct{ total int }

func (c *counter) Receive(_ context.Context, add int, emit func(int) error) error {
	c.total += add
	return emit(c.total)
}

func newCounter(actor.Ref[int, int]) actor.Behavior[int, int] { return &counter{} }

func ExampleNewSystem() {
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	fmt.Println(sys.Close(context.Background()))
	// Output: <nil>
}

func ExampleSpawn() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()

	ref, err := actor.Spawn(ctx, sys, "counter", newCounter)
	fmt.Println(ref.Name(), err)
	fmt.Println(ref.Call(ctx, 3))
	fmt.Println(ref.Call(ctx, 4))

	_, err = actor.Spawn(ctx, sys, "counter", newCounter)
	fmt.Println(err, errors.Is(err, actor.ErrTaken))
	// Output:
	// counter <nil>
	// 3 <nil>
	// 7 <nil>
	// start counter: name is taken by counter@1 true
}

// A fake of a worker, for a test of what calls it: the types are those of the
// function.
func ExampleSpawnFunc() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()

	fake, err := actor.SpawnFunc(ctx, sys, "fake", func(_ context.Context, image []byte) (int, error) { return len(image), nil })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fake.Call(ctx, []byte("gif")))
	// Output:
	// 3 <nil>
}

func ExampleFunc() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()

	ref, _ := actor.Spawn(ctx, sys, "greeter", func(self actor.Ref[string, string]) actor.Behavior[string, string] {
		greeted := 0 // of this life: another one begins anew
		return actor.Func[string, string](func(_ context.Context, name string) (string, error) {
			if name == "" {
				return "", errors.New("whom?")
			}
			greeted++
			return fmt.Sprintf("hello, %s, guest %d of %s", name, greeted, self.Name()), nil
		})
	})
	fmt.Println(ref.Call(ctx, "world"))
	_, err := ref.Call(ctx, "")
	fmt.Println(err)
	// Output:
	// hello, world, guest 1 of greeter <nil>
	// call greeter@1: whom?
}

func ExampleRef_Call() {
	ctx, sys := context.Background(), actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.SpawnFunc(ctx, sys, "divider", func(_ context.Context, n int) (int, error) { return 100 / n, nil })

	_, err := ref.Call(ctx, 0) // panics there, and is an error here
	fmt.Println(err)
	fmt.Println("unknown how far it got:", errors.Is(err, actor.ErrOutcomeUnknown))

	_, err = ref.Call(ctx, 5)
	fmt.Println(err)
	fmt.Println("safe to repeat elsewhere:", errors.Is(err, actor.ErrNotStarted))
	// Output:
	// call divider@1: panic: runtime error: integer divide by zero (outcome unknown)
	// unknown how far it got: true
	// call divider: no such actor (not sent)
	// safe to repeat elsewhere: true
}

func ExampleRef_Cast() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.Spawn(ctx, sys, "counter", newCounter)

	for n := range 4 {
		fmt.Println(ref.Cast(ctx, n))
	}
	fmt.Println(ref.Call(ctx, 0)) // after all that this goroutine sent before
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// <nil>
	// 6 <nil>
}

// countdown sends as many items as it is asked for.
type countdown struct{}

func (countdown) Receive(_ context.Context, from int, emit func(int) error) error {
	for n := from; n > 0; n-- {
		if err := emit(n); err != nil {
			return err // the consumer has gone
		}
	}
	return errors.New("lift-off")
}

func ExampleRef_Stream() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.Spawn(ctx, sys, "countdown", func(actor.Ref[int, int]) actor.Behavior[int, int] { return countdown{} })

	for n, err := range ref.Stream(ctx, 3) {
		fmt.Println(n, err)
	}
	for n, err := range ref.Stream(ctx, 1_000_000_000) {
		fmt.Println(n, err)
		break // cancels the request
	}
	// Output:
	// 3 <nil>
	// 2 <nil>
	// 1 <nil>
	// 0 stream countdown@1: lift-off
	// 1000000000 <nil>
}

func ExampleRef_Watch() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.Spawn(ctx, sys, "worker", newCounter)

	down := ref.Watch(ctx)
	pid, _ := ref.PID()
	_ = sys.Exit(pid, errors.New("not needed any more"))
	fmt.Println(<-down)
	// Output: {worker@1 not needed any more}
}

func ExampleRefAt() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()

	ref := actor.RefAt[int, int](sys, "counter") // nobody is there yet
	_, err := ref.Call(ctx, 1)
	fmt.Println(err)
	_, _ = actor.Spawn(ctx, sys, "counter", newCounter)
	fmt.Println(ref.Call(ctx, 1))
	_, err = actor.RefAt[string, string](sys, "counter").Call(ctx, "one")
	fmt.Println(errors.Is(err, actor.ErrType))
	// Output:
	// call counter: no such actor (not sent)
	// 1 <nil>
	// true
}

func ExampleStop() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.SpawnFunc(ctx, sys, "once", func(_ context.Context, n int) (int, error) { return n, actor.Stop(nil) })
	down := ref.Watch(ctx)
	fmt.Println(ref.Call(ctx, 1))
	d := <-down
	fmt.Println(d.Reason, actor.IsNormal(d.Reason))
	// Output:
	// 1 <nil>
	// normal end true
}

func ExampleNoWait() {
	ctx, sys := context.Background(), actor.NewSystem()
	started, release := make(chan struct{}), make(chan struct{})
	ref, _ := actor.SpawnFunc(ctx, sys, "slow", func(context.Context, int) (int, error) {
		if started != nil {
			close(started)
			started = nil
		}
		<-release
		return 0, nil
	}, actor.WithMailbox(mailbox.Config{Capacity: 1}))

	first := started
	_ = ref.Cast(ctx, 1)
	<-first
	_ = ref.Cast(ctx, 2) // the one place in the mailbox
	fmt.Println(ref.Cast(actor.NoWait(ctx), 3))
	close(release)
	fmt.Println(sys.Close(ctx))
	// Output:
	// cast slow@1: mailbox: full (not sent)
	// <nil>
}

func ExampleSystem_Drain() {
	ctx, sys := context.Background(), actor.NewSystem()
	ref, _ := actor.Spawn(ctx, sys, "counter", newCounter)
	_ = ref.Cast(ctx, 1)

	fmt.Println(sys.Drain(ctx)) // the cast is done
	_, err := ref.Call(ctx, 1)
	fmt.Println(err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// <nil>
	// call counter@1: system is draining (not sent)
	// <nil>
}

func ExampleSystem_Close() {
	ctx, sys := context.Background(), actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	started, release := make(chan struct{}), make(chan struct{})
	ref, _ := actor.SpawnFunc(ctx, sys, "stubborn", func(context.Context, int) (int, error) {
		close(started)
		<-release // whatever its context says
		return 0, nil
	}, actor.WithShutdown(time.Millisecond))
	_ = ref.Cast(ctx, 1)
	<-started

	fmt.Println(sys.Close(ctx))
	close(release)
	// Output: did not stop and still run: stubborn@1
}

func ExampleSystem_Watch() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.Spawn(ctx, sys, "worker", newCounter)
	pid, _ := ref.PID()

	down := sys.Watch(ctx, pid)
	_ = sys.Exit(pid, nil)
	fmt.Println(<-down)
	fmt.Println(<-sys.Watch(ctx, pid)) // too late: reasons are not kept
	// Output:
	// {worker@1 normal end}
	// {worker@1 no such actor}
}

func ExampleNewSlot() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	exits := make(chan actor.Down, 1)
	slot := actor.NewSlot(sys, "top/counter", func(d actor.Down) { exits <- d })

	ref, _ := actor.Spawn(ctx, slot, "counter", newCounter)
	fmt.Println(ref.Call(ctx, 5))
	slot.Stop(actor.ErrShutdown)
	fmt.Println(<-exits)

	_ = ref.Cast(ctx, 2) // waits for the next life
	_, _ = actor.Spawn(ctx, slot, "counter", newCounter)
	fmt.Println(ref.Call(ctx, 3))
	slot.Kill(actor.ErrKilled)
	<-exits
	slot.Release(nil)
	_, err := ref.Call(ctx, 1)
	fmt.Println(err)
	// Output:
	// 5 <nil>
	// {top/counter@1 shutdown}
	// 5 <nil>
	// call top/counter: no such actor (not sent)
}

// echoCell is a Cell of another kind: what serves its life is not shown here.
type echoCell struct{}

func (echoCell) Live(l *actor.Life) { fmt.Println("live", l.PID()) }
func (echoCell) Held()              { fmt.Println("held") }
func (echoCell) Gone(reason error)  { fmt.Println("gone:", reason) }

func ExampleBegin() {
	sys := actor.NewSystem()
	slot := actor.NewSlot(sys, "top/echo", func(d actor.Down) { fmt.Println("down:", d.Reason) })
	_, life, err := actor.Begin(slot, "echo", func() echoCell { return echoCell{} })
	fmt.Println(life.PID(), err)
	life.Ready()
	life.End(errors.New("broken"))
	slot.Release(actor.ErrShutdown)
	// Output:
	// top/echo@1 <nil>
	// live top/echo@1
	// down: broken
	// held
	// gone: shutdown
}

// measured is a decorator: a Target around a Target.
type measured struct{ actor.Target[int, int] }

func (m measured) Call(ctx context.Context, req int) (int, error) {
	resp, err := m.Target.Call(ctx, req)
	fmt.Println("called with", req)
	return resp, err
}

func ExampleNewRef() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.Spawn(ctx, sys, "counter", newCounter)

	ref = actor.NewRef[int, int](measured{ref.Target()})
	fmt.Println(ref.Call(ctx, 2))
	// Output:
	// called with 2
	// 2 <nil>
}

func ExampleWithLogger() {
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "stack" {
				return slog.Attr{}
			}
			return a
		},
	}))
	sys := actor.NewSystem(actor.WithLogger(log))
	ref, _ := actor.SpawnFunc(ctx, sys, "clumsy", func(context.Context, int) (int, error) { panic("oops") })
	_, _ = ref.Call(ctx, 1)
	_ = sys.Close(ctx)
	// Output: level=ERROR msg="actor panicked" pid=clumsy@1 panic=oops
}

func ExampleContextError() {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("the user pressed escape"))
	err := actor.ContextError(ctx)
	fmt.Println(err, errors.Is(err, context.Canceled))
	// Output: context canceled: the user pressed escape true
}

func ExampleNewPanicError() {
	err := func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = actor.NewPanicError(v)
			}
		}()
		panic(errors.ErrUnsupported)
	}()
	fmt.Println(err, errors.Is(err, errors.ErrUnsupported))
	// Output: panic: unsupported operation true
}
