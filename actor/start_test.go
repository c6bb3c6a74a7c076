package actor_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSpawnErrors(t *testing.T) {
	sys := newSystem(t)
	spawn(t, sys, "taken")
	slot := actor.NewSlot(sys, "top/w", func(actor.Down) {})
	require.NoError(t, spawning(runsTasks)(slot))
	t.Cleanup(func() { slot.Kill(actor.ErrKilled); slot.Release(nil) })
	closed := actor.NewSystem()
	require.NoError(t, closed.Close(t.Context()))
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errPigeon)
	for name, test := range map[string]struct {
		ctx  context.Context
		at   actor.Spawner
		name string
		want error
	}{
		"no name":         {t.Context(), sys, "", actor.ErrName},
		"a path":          {t.Context(), sys, "a/b", actor.ErrName},
		"an instance":     {t.Context(), sys, "a#1", actor.ErrName},
		"not the slot's":  {t.Context(), slot, "x", actor.ErrName},
		"taken":           {t.Context(), sys, "taken", actor.ErrTaken},
		"taken slot":      {t.Context(), slot, "w", actor.ErrTaken},
		"closed system":   {t.Context(), closed, "a", actor.ErrShutdown},
		"context is over": {ended, sys, "a", context.Canceled},
		"and has a cause": {ended, sys, "a", errPigeon},
	} {
		t.Run(name, func(t *testing.T) {
			ref, err := actor.Spawn(test.ctx, test.at, test.name, runsTasks)
			require.ErrorIs(t, err, test.want)
			var start *actor.StartError
			require.ErrorAs(t, err, &start)
			assert.Nil(t, ref.Target())
		})
	}
}

func TestSpawnOfAnotherTypeInAHeldSlot(t *testing.T) {
	sys := newSystem(t)
	o := own(t, sys, "top/w", spawning(runsTasks))
	o.hold()
	_, err := actor.Spawn(t.Context(), o.slot, "w", func(actor.Ref[string, string]) actor.Behavior[string, string] {
		return behavior[string, string]{}
	})
	require.ErrorIs(t, err, actor.ErrType)
	o.slot.Release(nil)
	_, err = actor.Spawn(t.Context(), o.slot, "w", func(actor.Ref[string, string]) actor.Behavior[string, string] {
		return behavior[string, string]{}
	})
	require.NoError(t, err, "a released slot begins anew")
	o.slot.Kill(actor.ErrKilled)
}

func TestInit(t *testing.T) {
	for name, test := range map[string]struct {
		init func(context.Context) error
		want error
		text string
	}{
		"succeeds": {func(context.Context) error { return nil }, nil, ""},
		"fails":    {func(context.Context) error { return errPigeon }, errPigeon, "start a: pigeon"},
		"panics":   {func(context.Context) error { panic(errPigeon) }, errPigeon, "panic: pigeon"},
		"takes too long": {func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}, context.DeadlineExceeded, "deadline"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sys := newSystem(t)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				returned := false
				ref, err := actor.Spawn(ctx, sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] {
					return behavior[int, int]{init: func(ctx context.Context) error {
						defer func() { returned = true }()
						return test.init(ctx)
					}}
				})
				synctest.Wait()
				assert.True(t, returned)
				if test.want == nil {
					require.NoError(t, err)
					_, live := ref.PID()
					assert.True(t, live)
					return
				}
				require.ErrorIs(t, err, test.want)
				require.ErrorContains(t, err, test.text)
				var start *actor.StartError
				require.ErrorAs(t, err, &start)
				spawn(t, sys, "a")
			})
		})
	}
}

func TestHungInitIsAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		release := make(chan struct{})
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errPigeon)
		defer cancel()
		_, err := actor.Spawn(ctx, sys, "hung", func(actor.Ref[int, int]) actor.Behavior[int, int] {
			return behavior[int, int]{init: func(context.Context) error { <-release; return nil }}
		})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, errPigeon)
		spawn(t, sys, "hung") // the name is free

		var stuck *actor.CloseError
		require.ErrorAs(t, sys.Close(t.Context()), &stuck)
		assert.Equal(t, []actor.PID{{Name: "hung", Incarnation: 1}}, stuck.Running)
		close(release)
		synctest.Wait()
		require.NoError(t, sys.Close(t.Context()))
	})
}

func TestCloseEndsAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		spawned := make(chan error)
		go func() {
			_, err := actor.Spawn(context.Background(), sys, "slow", func(actor.Ref[int, int]) actor.Behavior[int, int] {
				return behavior[int, int]{init: func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }}
			})
			spawned <- err
		}()
		synctest.Wait()
		require.NoError(t, errors.Join(sys.Close(t.Context())))
		require.ErrorIs(t, <-spawned, actor.ErrShutdown)
	})
}

func TestFreshMayFail(t *testing.T) {
	sys := newSystem(t)
	_, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] { return nil })
	require.Error(t, err)
	_, err = actor.Spawn(t.Context(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] { panic(errPigeon) })
	require.ErrorIs(t, err, errPigeon)
	spawn(t, sys, "a")
}

func TestSpawnFunc(t *testing.T) {
	sys := newSystem(t)
	ref, err := actor.SpawnFunc(t.Context(), sys, "a", func(_ context.Context, n int) (string, error) {
		if n < 0 {
			return "last", actor.Stop(nil)
		}
		return strings.Repeat("a", n), nil
	}, actor.WithMailbox(mailbox.Config{Capacity: 3}))
	require.NoError(t, err)
	got, err := ref.Call(t.Context(), 2)
	require.NoError(t, err)
	assert.Equal(t, "aa", got)

	down := ref.Watch(t.Context())
	got, err = ref.Call(t.Context(), -1)
	require.NoError(t, err)
	assert.Equal(t, "last", got, "as with a Func")
	require.ErrorIs(t, (<-down).Reason, actor.ErrNormal)

	_, err = actor.SpawnFunc[int, int](t.Context(), sys, "none", nil)
	var start *actor.StartError
	require.ErrorAs(t, err, &start)
	assert.Equal(t, "none", start.Name)
	spawn(t, sys, "none")
}

func TestKilledWhileStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		slot := actor.NewSlot(sys, "top/w", func(actor.Down) { t.Error("a failed start is not told") })
		release, spawned := make(chan struct{}), make(chan error)
		go func() {
			_, err := actor.Spawn(context.Background(), slot, "w", func(actor.Ref[int, int]) actor.Behavior[int, int] {
				return behavior[int, int]{init: func(context.Context) error { <-release; return nil }}
			})
			spawned <- err
		}()
		synctest.Wait()
		slot.Stop(actor.ErrShutdown)
		synctest.Wait()
		slot.Kill(actor.ErrKilled)
		require.ErrorIs(t, <-spawned, actor.ErrShutdown)
		close(release)
	})
}
