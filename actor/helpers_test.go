package actor_test

import (
	"context"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// behavior is a Behavior made of functions; those that are nil do nothing.
type behavior[Req, Resp any] struct {
	receive   func(ctx context.Context, req Req, emit func(Resp) error) error
	init      func(ctx context.Context) error
	terminate func(reason error)
}

func (b behavior[Req, Resp]) Receive(ctx context.Context, req Req, emit func(Resp) error) error {
	if b.receive == nil {
		return nil
	}
	return b.receive(ctx, req, emit)
}

func (b behavior[Req, Resp]) Init(ctx context.Context) error {
	if b.init == nil {
		return nil
	}
	return b.init(ctx)
}

func (b behavior[Req, Resp]) Terminate(reason error) {
	if b.terminate != nil {
		b.terminate(reason)
	}
}

// spawn starts an actor whose requests are functions to run inside it.
func spawn(t testing.TB, at actor.Spawner, name string, opts ...actor.SpawnOption) actor.Ref[task, int] {
	t.Helper()
	ref, err := actor.Spawn(t.Context(), at, name, runsTasks, opts...)
	require.NoError(t, err)
	return ref
}

// task is a request that says itself what is to be done.
type task func(ctx context.Context) (int, error)

func runsTasks(actor.Ref[task, int]) actor.Behavior[task, int] {
	return actor.Func[task, int](func(ctx context.Context, do task) (int, error) { return do(ctx) })
}

func reply(n int) task { return func(context.Context) (int, error) { return n, nil } }

// block waits for release, whatever its context says.
func block(started chan<- struct{}, release <-chan struct{}) task {
	return func(context.Context) (int, error) {
		close(started)
		<-release
		return 0, nil
	}
}

// requireCallError asserts the type itself, the delivery, and what err wraps.
func requireCallError(t testing.TB, err error, d actor.Delivery, is ...error) *actor.CallError {
	t.Helper()
	require.Error(t, err)
	call, ok := err.(*actor.CallError) //nolint:errorlint // the promise is the type itself, not a wrapped one
	require.True(t, ok, "%T is no *CallError", err)
	assert.Equal(t, d, call.Delivery, "%v", err)
	for _, target := range is {
		require.ErrorIs(t, err, target)
	}
	return call
}

// requireDown takes exactly one Down.
func requireDown(t testing.TB, ch <-chan actor.Down) actor.Down {
	t.Helper()
	d, ok := <-ch
	require.True(t, ok, "closed without a Down")
	_, more := <-ch
	require.False(t, more, "a second Down")
	return d
}
