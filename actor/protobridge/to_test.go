package protobridge_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/protobridge"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A plain actor that stops leaves those in its queue without an answer; its
// Ref gives them one.
func TestStopOfAPlainActorEndsItsCalls(t *testing.T) {
	started, release := make(chan struct{}), make(chan struct{})
	pid := spawnPlain(t, func(ctx protoactor.Context) {
		if _, ok := ctx.Message().(string); ok {
			close(started)
			<-release
		}
	})
	ref := protobridge.To[string, int](plain(), pid)
	ended := make(chan error, 2)
	call := func() { _, err := ref.Call(t.Context(), "hang"); ended <- err }
	go call()
	<-started
	go call()
	plain().Root.Stop(pid)
	close(release)
	for range 2 {
		err := <-ended
		require.ErrorIs(t, err, actor.ErrNoActor)
		// The second may have been sent before the stop or after it.
		assert.True(t, errors.Is(err, actor.ErrOutcomeUnknown) || errors.Is(err, actor.ErrNotStarted), "%v", err)
	}
	down := <-ref.Watch(t.Context())
	assert.Equal(t, actor.ErrNoActor, down.Reason)
}

func TestReplyToACallThatIsOver(t *testing.T) {
	var asked *protoactor.PID
	started, release, answered := make(chan struct{}), make(chan struct{}), make(chan struct{})
	pid := spawnPlain(t, func(ctx protoactor.Context) {
		switch m := ctx.Message().(type) {
		case string:
			asked = ctx.Sender()
			close(started)
			<-release
			ctx.Respond(1)
			ctx.Respond(2)
			ctx.Send(protoactor.NewPID(asked.Address, asked.Id), 3) // without a RequestId
			close(answered)
		case int:
			ctx.Respond(m)
		}
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := protobridge.To[string, int](plain(), pid).Call(ctx, "late")
		ended <- err
	}()
	<-started
	cancel(errPigeon)
	err := <-ended
	require.ErrorIs(t, err, errPigeon)
	require.ErrorIs(t, err, actor.ErrOutcomeUnknown)
	close(release)
	<-answered
	n, err := protobridge.To[int, int](plain(), pid).Call(t.Context(), 9)
	require.NoError(t, err)
	assert.Equal(t, 9, n, "no reply of another call")
}

func TestStreamIsUnsupported(t *testing.T) {
	ref := protobridge.To[int, int](plain(), spawnPlain(t, func(protoactor.Context) {}))
	n := 0
	for _, err := range ref.Stream(t.Context(), 1) {
		require.ErrorIs(t, err, errors.ErrUnsupported)
		require.ErrorIs(t, err, actor.ErrNotStarted)
		n++
	}
	assert.Equal(t, 1, n)
}

func TestNilIsRefused(t *testing.T) {
	ref := protobridge.To[any, any](plain(), spawnPlain(t, func(protoactor.Context) {}))
	_, err := ref.Call(t.Context(), nil)
	require.ErrorIs(t, err, actor.ErrNotStarted)
	require.ErrorIs(t, ref.Cast(t.Context(), nil), actor.ErrNotStarted)
}

func TestARespawnedNameIsWatchedAnew(t *testing.T) {
	props := protoactor.PropsFromFunc(func(ctx protoactor.Context) {
		if n, ok := ctx.Message().(int); ok {
			ctx.Respond(n + 1)
		}
	})
	ref := protobridge.To[int, int](plain(), plain().NewLocalPID("respawned"))
	for range 3 {
		pid, err := plain().Root.SpawnNamed(props, "respawned")
		require.NoError(t, err)
		n, err := ref.Call(t.Context(), 1)
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		down := ref.Watch(t.Context())
		plain().Root.Stop(pid)
		d := <-down
		assert.Equal(t, protobridge.ErrStopped, d.Reason)
		assert.False(t, actor.IsNormal(d.Reason))
		_, err = ref.Call(t.Context(), 1)
		require.ErrorIs(t, err, actor.ErrNoActor)
		require.ErrorIs(t, err, actor.ErrNotStarted)
	}
}

// A panic that protoactor restarts from is seen by nobody: the call ends by
// its context.
func TestPanicOfAPlainActorIsNotSeen(t *testing.T) {
	restarted := make(chan struct{}, 1)
	pid := spawnPlain(t, func(ctx protoactor.Context) {
		switch m := ctx.Message().(type) {
		case string:
			panic(m)
		case *protoactor.Restarting:
			restarted <- struct{}{}
		case int:
			ctx.Respond(m)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { _, err := protobridge.To[string, int](plain(), pid).Call(ctx, "boom"); ended <- err }()
	<-restarted
	n, err := protobridge.To[int, int](plain(), pid).Call(t.Context(), 3)
	require.NoError(t, err)
	assert.Equal(t, 3, n)
	assert.Empty(t, ended)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

func ExampleTo() {
	ctx, as := context.Background(), plain()
	pid := as.Root.Spawn(protoactor.PropsFromFunc(func(ctx protoactor.Context) {
		if name, ok := ctx.Message().(string); ok {
			ctx.Respond("hello, " + name)
		}
	}))
	defer as.Root.Stop(pid)

	ref := protobridge.To[string, string](as, pid)
	fmt.Println(ref.Call(ctx, "world"))
	// Output: hello, world <nil>
}

func ExampleExpose() {
	ctx, sys, as := context.Background(), actor.NewSystem(), plain()
	defer func() { _ = sys.Close(ctx) }()
	ref, _ := actor.SpawnFunc(ctx, sys, "square", func(_ context.Context, n int) (int, error) {
		if n > 1000 {
			return 0, errors.New("too large")
		}
		return n * n, nil
	})

	pid, err := protobridge.Expose(as, "square", ref)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer as.Root.Stop(pid)
	fmt.Println(as.Root.RequestFuture(pid, 12, patience).Result())
	fmt.Println(as.Root.RequestFuture(pid, 9999, patience).Result())
	// Output:
	// 144 <nil>
	// call square@1: too large <nil>
}
