package protobridge_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/protobridge"
	"github.com/proctor-dev/proctor/actor/targettest"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience bounds what would otherwise hang; nothing is measured by it.
const patience = 30 * time.Second

// reference is the kit's actor as a Behavior.
type reference struct{}

func (reference) Receive(ctx context.Context, req targettest.Request, emit func(targettest.Response) error) error {
	return targettest.Handle(ctx, req, emit)
}

func newSystem(t testing.TB) *actor.System {
	t.Helper()
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	t.Cleanup(func() { _ = sys.Close(context.Background()) })
	return sys
}

// task is a request that says itself what is to be done.
type task func(ctx context.Context) (int, error)

func reply(n int) task { return func(context.Context) (int, error) { return n, nil } }

func spawnTasks(t testing.TB, at actor.Spawner, opts ...actor.SpawnOption) actor.Ref[task, int] {
	t.Helper()
	ref, err := actor.SpawnFunc(t.Context(), at, "w", func(ctx context.Context, do task) (int, error) { return do(ctx) }, opts...)
	require.NoError(t, err)
	return ref
}

// expose exposes ref until the test ends.
func expose[Req, Resp any](t testing.TB, ref actor.Ref[Req, Resp]) *protoactor.PID {
	t.Helper()
	pid, err := protobridge.Expose(plain(), t.Name(), ref)
	require.NoError(t, err)
	t.Cleanup(func() { plain().Root.Stop(pid) })
	return pid
}

// ask is what plain code does.
func ask(t testing.TB, pid *protoactor.PID, message any) any {
	t.Helper()
	result, err := plain().Root.RequestFuture(pid, message, patience).Result()
	require.NoError(t, err)
	return result
}

// asCallError asserts the class of an answer.
func asCallError(t testing.TB, answer any, d actor.Delivery, is error) {
	t.Helper()
	require.IsType(t, &actor.CallError{}, answer)
	call := answer.(*actor.CallError) //nolint:forcetypeassert // just looked at
	assert.Equal(t, d, call.Delivery)
	require.ErrorIs(t, call, is)
}

var errPigeon = errors.New("pigeon")

// Guarantee(interop): Any Ref can be used from plain protoactor-go code: requests, replies, errors, watches.
func TestPlainCodeReachesARef(t *testing.T) {
	sys := newSystem(t)
	ref := spawnTasks(t, sys)
	pid := expose(t, ref)
	assert.Equal(t, 7, ask(t, pid, reply(7)))
	asCallError(t, ask(t, pid, task(func(context.Context) (int, error) { return 0, errPigeon })), actor.Done, errPigeon)
	asCallError(t, ask(t, pid, "text"), actor.NotSent, actor.ErrType)
	assert.IsType(t, &protoactor.Touched{}, ask(t, pid, &protoactor.Touch{}))

	ran := make(chan struct{})
	plain().Root.Send(pid, task(func(context.Context) (int, error) { close(ran); return 0, nil }))
	<-ran

	crash, ok := ask(t, pid, task(func(context.Context) (int, error) { panic(errPigeon) })).(error)
	require.True(t, ok)
	asCallError(t, crash, actor.Unknown, errPigeon)
	var panicked *actor.PanicError
	require.ErrorAs(t, crash, &panicked)
	asCallError(t, ask(t, pid, reply(1)), actor.NotSent, actor.ErrNoActor)
}

func TestExposeErrors(t *testing.T) {
	ref := spawnTasks(t, newSystem(t))
	expose(t, ref)
	_, err := protobridge.Expose(plain(), t.Name(), ref)
	require.ErrorIs(t, err, actor.ErrTaken)
	var start *actor.StartError
	require.ErrorAs(t, err, &start)
	_, err = protobridge.Expose(plain(), "", ref)
	require.ErrorIs(t, err, actor.ErrName)
}

// A plain actor's requests are handled in the order sent, though each waits
// for its reply.
func TestExposedKeepsTheOrderOfASender(t *testing.T) {
	const n = 50
	var order []int
	pid := expose(t, spawnTasks(t, newSystem(t)))
	done := make(chan []any, 1)
	var got []any
	spawnPlain(t, func(ctx protoactor.Context) {
		switch m := ctx.Message().(type) {
		case *protoactor.Started:
			for i := range n {
				ctx.Request(pid, task(func(context.Context) (int, error) { order = append(order, i); return i, nil }))
			}
		case int, error:
			if got = append(got, m); len(got) == n {
				done <- got
			}
		}
	})
	for i, answer := range <-done {
		require.Equal(t, i, answer)
		require.Equal(t, i, order[i])
	}
}

// wide is a target that serves several requests at a time, as a pool does.
type wide struct{ actor.Target[task, int] }

func (wide) Name() string { return "wide" }

func (wide) Width() int { return 2 }

func (wide) Call(ctx context.Context, do task) (int, error) { return do(ctx) }

func TestExposedPoolServesOneSenderAtTheSameTime(t *testing.T) {
	pid := expose(t, actor.NewRef[task, int](wide{}))
	var both sync.WaitGroup
	both.Add(2)
	done := make(chan any, 2)
	spawnPlain(t, func(ctx protoactor.Context) {
		switch m := ctx.Message().(type) {
		case *protoactor.Started:
			for range 2 {
				ctx.Request(pid, task(func(context.Context) (int, error) {
					both.Done()
					both.Wait() // for ever, were they one after the other
					return 1, nil
				}))
			}
		case int:
			done <- m
		}
	})
	<-done
	<-done
}

func TestExposedNeverLetsASenderWait(t *testing.T) {
	ref := spawnTasks(t, newSystem(t), actor.WithMailbox(mailbox.Config{Capacity: 1}))
	pid := expose(t, ref)
	started, release := make(chan struct{}), make(chan struct{})
	running := plain().Root.RequestFuture(pid, task(func(context.Context) (int, error) {
		close(started)
		<-release
		return 1, nil
	}), patience)
	<-started
	plain().Root.Send(pid, reply(2)) // the one place
	asCallError(t, ask(t, pid, reply(3)), actor.NotSent, actor.ErrFull)

	var dead sync.WaitGroup
	dead.Add(1)
	sub := plain().EventStream.Subscribe(func(event any) {
		if d, ok := event.(*protoactor.DeadLetterEvent); ok && d.PID.GetId() == pid.GetId() {
			dead.Done()
		}
	})
	defer plain().EventStream.Unsubscribe(sub)
	plain().Root.Send(pid, reply(4)) // nobody to answer: a dead letter
	dead.Wait()

	close(release)
	result, err := running.Result()
	require.NoError(t, err)
	assert.Equal(t, 1, result)
}

func TestExposedBoundsWhatIsUnderWay(t *testing.T) {
	release := make(chan struct{})
	pid := expose(t, actor.NewRef[task, int](wide{}))
	answers := make(chan any, 2000)
	const n = 1025
	spawnPlain(t, func(ctx protoactor.Context) {
		switch m := ctx.Message().(type) {
		case *protoactor.Started:
			for range n {
				ctx.Request(pid, task(func(context.Context) (int, error) { <-release; return 1, nil }))
			}
		case int, error:
			answers <- m
		}
	})
	asCallError(t, <-answers, actor.NotSent, actor.ErrFull)
	close(release)
	for range n - 1 {
		assert.Equal(t, 1, <-answers)
	}
}

// watchPlain watches pid from a plain actor.
func watchPlain(t testing.TB, pid *protoactor.PID) <-chan *protoactor.Terminated {
	t.Helper()
	out, ready := make(chan *protoactor.Terminated, 2), make(chan struct{})
	spawnPlain(t, func(ctx protoactor.Context) {
		switch m := ctx.Message().(type) {
		case *protoactor.Started:
			ctx.Watch(pid)
			close(ready)
		case *protoactor.Terminated:
			out <- m
		}
	})
	<-ready
	return out
}

func TestExposedIsTerminatedWhenItsActorIsGoneForGood(t *testing.T) {
	sys := newSystem(t)
	exits := make(chan actor.Down, 1)
	slot := actor.NewSlot(sys, "top/w", func(d actor.Down) { exits <- d })
	ref := spawnTasks(t, slot)
	pid := expose(t, ref)
	first, second := watchPlain(t, pid), watchPlain(t, pid)
	slot.Kill(actor.ErrKilled)
	<-exits
	spawnTasks(t, slot)
	assert.Equal(t, 5, ask(t, pid, reply(5)))
	assert.Empty(t, first, "a restart is no end")
	slot.Kill(actor.ErrKilled)
	<-exits
	slot.Release(nil)
	for _, ch := range []<-chan *protoactor.Terminated{first, second, watchPlain(t, pid)} {
		assert.Equal(t, pid.GetId(), (<-ch).GetWho().GetId())
		assert.Empty(t, ch)
	}
}

func TestWithdrawnName(t *testing.T) {
	ref := spawnTasks(t, newSystem(t))
	for name, withdraw := range map[string]func(*protoactor.PID){
		"stop":   plain().Root.Stop,
		"poison": plain().Root.Poison,
		"future": func(pid *protoactor.PID) { assert.NoError(t, plain().Root.StopFuture(pid).Wait()) },
	} {
		t.Run(name, func(t *testing.T) {
			pid, err := protobridge.Expose(plain(), t.Name(), ref)
			require.NoError(t, err)
			started, release := make(chan struct{}), make(chan struct{})
			running := plain().Root.RequestFuture(pid, task(func(ctx context.Context) (int, error) {
				close(started)
				<-ctx.Done()
				<-release
				return 0, nil
			}), patience)
			<-started
			down := watchPlain(t, pid)
			withdraw(pid)
			<-down
			result, err := running.Result()
			require.NoError(t, err)
			asCallError(t, result, actor.Unknown, context.Canceled)
			close(release)
			for _, stale := range []*protoactor.PID{pid, plain().NewLocalPID(pid.GetId())} {
				_, err = plain().Root.RequestFuture(stale, reply(1), patience).Result()
				require.ErrorIs(t, err, protoactor.ErrDeadLetter)
			}
			<-watchPlain(t, pid)
			n, err := ref.Call(t.Context(), reply(2))
			require.NoError(t, err, "the actor itself goes on")
			assert.Equal(t, 2, n)
			again, err := protobridge.Expose(plain(), t.Name(), ref)
			require.NoError(t, err, "the name is free")
			plain().Root.Stop(again)
		})
	}
}
