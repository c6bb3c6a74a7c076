package foreigncode_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

func workerRows() []row {
	return []row{{
		place: "a task's function, in the worker",
		names: "procactor.NewStreamTask",
		says: map[string]string{
			panics: "the worker ends; its `*ExitError` has the `*PanicError`", exits: "the worker ends, as by a panic",
			blocks: "the call ends with its ctx, the worker after its `Grace`", isNil: "the call fails and says so",
		},
		run: func(t *testing.T, column string, _ func()) {
			sys := system(t)
			w := start(t, sys, worker())
			if column == isNil {
				_, err := nothing.On(w).Call(t.Context(), 1)
				require.ErrorContains(t, err, "without its function")
				for _, err := range emitsNothing.On(w).Stream(t.Context(), 1) {
					require.ErrorContains(t, err, "without its function")
				}
				return
			}
			ctx := t.Context()
			if column == blocks {
				ctx = brief(t)
			}
			down := sys.WatchAt(t.Context(), "w")
			_, err := does.On(w).Call(ctx, ask{What: column})
			requireCall(t, err, actor.Unknown)
			var exit *procactor.ExitError
			require.ErrorAs(t, (<-down).Reason, &exit)
			if column != blocks {
				require.NotNil(t, exit.Panic)
			}
		},
	}, {
		place: "a codec, and what it calls, for a worker's input",
		names: "procactor.Task.WithCodec actor/codec.Codec actor/codec.Named actor/codec.Name actor/codec.Error actor/codec.Check actor/codec.Within actor/codec.ParseWithin",
		says: map[string]string{
			panics: "the call was not started; the worker goes on", exits: "the worker ends, as by a panic",
			blocks: "the worker is killed as silent", isNil: "`WithCodec` leaves it as it is",
		},
		run: func(t *testing.T, column string, _ func()) {
			sys := system(t)
			w := worker()
			w.Silence = 500 * time.Millisecond
			p := start(t, sys, w)
			_, err := values.On(p).Call(t.Context(), value{At: "worker parse", What: column})
			switch column {
			case isNil:
				require.NoError(t, err)
				again := does.WithCodec(nil, nil)
				_, err = again.On(p).Call(t.Context(), ask{})
				require.NoError(t, err)
			case panics:
				requireCall(t, err, actor.NotStarted)
				_, err = values.On(p).Call(t.Context(), value{})
				require.NoError(t, err)
			default:
				require.Error(t, err)
				var exit *procactor.ExitError
				require.ErrorAs(t, err, &exit)
			}
		},
	}, {
		place: "a codec, and what it calls, for a worker's answer or typed error",
		names: "procactor.Task.WithErrors",
		says: map[string]string{
			panics: "the call fails, class output; an error travels as text", exits: "the worker ends, as by a panic; an error travels as text",
			blocks: "the worker is killed as silent; of an error, the call ends with its ctx", isNil: "errors travel as text",
		},
		run: func(t *testing.T, column string, _ func()) {
			sys := system(t)
			w := worker()
			w.Silence = 500 * time.Millisecond
			p := start(t, sys, w)
			if column == isNil {
				_, err := typed.WithErrors(nil).On(p).Call(t.Context(), ask{"append", ""})
				require.Error(t, err)
				return
			}
			ctx := t.Context()
			if column == blocks {
				ctx = brief(t)
			}
			_, err := typed.On(p).Call(ctx, ask{"append", column})
			if column != blocks {
				requireCall(t, err, actor.Done)
				var own *procactor.TaskError
				require.ErrorAs(t, err, &own)
				assert.Equal(t, "append "+column, own.Message)
			} else {
				requireCall(t, err, actor.Unknown)
			}
			q, err := procactor.Start(t.Context(), sys, "q", w)
			require.NoError(t, err)
			_, err = values.On(q).Call(t.Context(), value{At: "worker append", What: column})
			if column == panics {
				requireCall(t, err, actor.Done)
				var own *procactor.TaskError
				require.ErrorAs(t, err, &own)
				assert.Equal(t, wire.ClassOutput, own.Class)
				return
			}
			requireCall(t, err, actor.Unknown)
			var exit *procactor.ExitError
			require.ErrorAs(t, err, &exit)
		},
	}, {
		place: "`Setup`",
		names: "procactor.Setup procactor.Main",
		says: map[string]string{
			panics: "a failed start, an `*ExitError` with the `*PanicError`", exits: "a failed start, a `*SetupError`",
			blocks: "a failed start, `ErrStartTimeout`", isNil: "a failed start that says so, as for a nil task",
		},
		run: func(t *testing.T, column string, _ func()) {
			sys := system(t)
			w := worker(setupVariable + "=" + column)
			if column == blocks {
				w.StartTimeout = time.Second
			}
			_, err := procactor.Start(t.Context(), sys, "w", w)
			var failed *actor.StartError
			require.ErrorAs(t, err, &failed)
			switch column {
			case panics:
				var crash *actor.PanicError
				assert.ErrorAs(t, err, &crash)
			case exits:
				var setup *procactor.SetupError
				assert.ErrorAs(t, err, &setup)
			case blocks:
				assert.ErrorIs(t, err, procactor.ErrStartTimeout)
			case isNil:
				assert.ErrorContains(t, err, "Setup was given nil")
			}
		},
	}, {
		place: "the clean-up that `Setup` returned",
		names: "",
		says: map[string]string{
			panics: "the worker ends with it, after all calls", exits: "the same", blocks: "the worker is ended after its `Grace`", isNil: "there is nothing to clean up",
		},
		run: func(t *testing.T, column string, _ func()) {
			sys := system(t)
			env := []string{cleanupVariable + "=" + column}
			if column == isNil {
				env = nil
			}
			w := start(t, sys, worker(env...))
			down := sys.WatchAt(t.Context(), "w")
			require.NoError(t, w.Stop(t.Context()))
			reason := (<-down).Reason
			if column == isNil {
				assert.ErrorIs(t, reason, actor.ErrShutdown)
				return
			}
			var exit *procactor.ExitError
			require.ErrorAs(t, reason, &exit)
		},
	}}
}

func start(t *testing.T, sys *actor.System, w procactor.Worker) *procactor.Process {
	t.Helper()
	p, err := procactor.Start(t.Context(), sys, "w", w)
	require.NoError(t, err)
	return p
}

func requireCall(t *testing.T, err error, d actor.Delivery) {
	t.Helper()
	var call *actor.CallError
	require.ErrorAs(t, err, &call)
	require.Equal(t, d, call.Delivery, "%v", err)
}
