package actor_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errPigeon = errors.New("pigeon")

// Guarantee(crash): A panic in an actor ends that one life and never the program; its caller gets the value and the stack at once.
func TestPanicEndsOnlyItsLife(t *testing.T) {
	for name, test := range map[string]struct {
		value any
		text  string
		is    error
	}{
		"text":          {"boom", "panic: boom", nil},
		"error":         {errPigeon, "panic: pigeon", errPigeon},
		"runtime error": {nil, "panic called with nil argument", nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // in a bubble a caller left waiting is a deadlock
				sys := newSystem(t)
				ref, other := spawn(t, sys, "crashes"), spawn(t, sys, "other")
				down := ref.Watch(t.Context())
				_, err := ref.Call(t.Context(), func(context.Context) (int, error) { panic(test.value) })
				requireCallError(t, err, actor.Unknown)
				var crash *actor.PanicError
				require.ErrorAs(t, err, &crash)
				assert.ErrorContains(t, crash, test.text)
				assert.Contains(t, string(crash.Stack), "crash_test.go")
				if test.is != nil {
					require.ErrorIs(t, err, test.is)
				}
				assert.Same(t, crash, requireDown(t, down).Reason)
				n, err := other.Call(t.Context(), reply(2))
				require.NoError(t, err)
				assert.Equal(t, 2, n)
			})
		})
	}
}

func TestGoexitIsACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		o := own(t, sys, "top/w", spawning(runsTasks))
		ref := actor.RefAt[task, int](sys, "top/w")
		var handlerCtx context.Context
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := ref.Call(ctx, func(ctx context.Context) (int, error) {
			handlerCtx = ctx
			_ = ctx.Done()
			runtime.Goexit()
			return 0, nil
		})
		requireCallError(t, err, actor.Unknown)
		require.ErrorContains(t, err, "Goexit")
		assert.Error(t, handlerCtx.Err(), "the request's context ends with it")
		n, err := ref.Call(t.Context(), reply(3))
		require.NoError(t, err, "the next life answers")
		assert.Equal(t, 3, n)
		require.Len(t, o.ended(), 1)
		assert.False(t, actor.IsNormal(o.ended()[0].Reason))
	})
}

func TestCrashInTerminateIsTheReason(t *testing.T) {
	for name, crash := range map[string]func(){
		"panic":  func() { panic("late") },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sys := newSystem(t)
				ref, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[int, int]) actor.Behavior[int, int] {
					return behavior[int, int]{terminate: func(error) { crash() }}
				})
				require.NoError(t, err)
				down := ref.Watch(t.Context())
				pid, _ := ref.PID()
				require.NoError(t, sys.Exit(pid, actor.ErrShutdown))
				var reason *actor.PanicError
				require.ErrorAs(t, requireDown(t, down).Reason, &reason)
				require.NoError(t, sys.Close(t.Context()), "nothing is left behind")
			})
		})
	}
}

func TestCrashIsLogged(t *testing.T) {
	var log logRecorder
	sys := actor.NewSystem(actor.WithLogger(slog.New(&log)))
	ref := spawn(t, sys, "crashes")
	_, err := ref.Call(t.Context(), func(context.Context) (int, error) { panic("boom") })
	require.Error(t, err)
	require.NoError(t, sys.Close(t.Context()))
	require.Len(t, log.all(), 1)
	r := log.all()[0]
	assert.Equal(t, slog.LevelError, r.Level)
	attrs := map[string]string{}
	r.Attrs(func(a slog.Attr) bool { attrs[a.Key] = a.Value.Resolve().String(); return true })
	assert.Equal(t, "crashes@1", attrs["pid"])
	assert.Equal(t, "boom", attrs["panic"])
	assert.Contains(t, attrs["stack"], "crash_test.go")
}
