package foreigncode_test

import (
	"context"
	"iter"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

func callRows() []row {
	return []row{{
		place: "a codec, and what it calls, for an input, in the caller's process",
		names: "procactor.Task.On",
		says: map[string]string{
			panics: "`NotSent`, with the `*PanicError`", exits: "the caller's; in `Map` an error in its place, of a cast in the log",
			blocks: "the caller's", isNil: "`WithCodec` leaves it; a nil host is `ErrNoActor`",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			w := start(t, sys, worker())
			if column == isNil {
				_, err := does.On(nil).Call(t.Context(), ask{})
				require.ErrorIs(t, err, actor.ErrNoActor)
				return
			}
			bad := harmful(t, "append", harm)
			if column == panics {
				_, err := values.On(w).Call(t.Context(), bad)
				requireCall(t, err, actor.NotSent)
				var crash *actor.PanicError
				require.ErrorAs(t, err, &crash)
			} else {
				callers(t, column, func() { _, _ = values.On(w).Call(t.Context(), bad) })
			}
			if column != blocks {
				for _, err := range procactor.Map(t.Context(), values.On(w), slices.Values([]value{bad})) {
					require.Error(t, err)
				}
			}
			_, err := does.On(w).Call(t.Context(), ask{})
			require.NoError(t, err, "the worker is free")
		},
	}, {
		place: "a codec, and what it calls, for an answer or an item, in the caller's process",
		names: "",
		says: map[string]string{
			panics: "the call fails, `Done`; a typed error is its text", exits: "the caller's; the worker is free", blocks: "the caller's; the worker is free",
			isNil: "`WithErrors` of nil: errors are text",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			w := start(t, sys, worker())
			if column == isNil {
				return // as for a worker's answer
			}
			bad := harmful(t, "parse", harm)
			if column == panics {
				_, err := values.On(w).Call(t.Context(), bad)
				requireCall(t, err, actor.Done)
				_, err = typed.On(w).Call(t.Context(), ask{"parse", ""})
				var own *procactor.TaskError
				require.ErrorAs(t, err, &own)
			} else {
				callers(t, column, func() { _, _ = values.On(w).Call(t.Context(), bad) })
			}
			_, err := does.On(w).Call(t.Context(), ask{})
			require.NoError(t, err, "the worker is free")
		},
	}, {
		place: "the function of `Task.WithKey`",
		names: "procactor.Task.WithKey",
		says:  map[string]string{panics: "`NotSent`, with the `*PanicError`", exits: "the caller's", blocks: "the caller's", isNil: "there are no keys"},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			w := start(t, sys, worker())
			if column == isNil {
				_, err := does.WithKey(nil).On(w).Call(t.Context(), ask{})
				require.NoError(t, err)
				return
			}
			keyed := does.WithKey(func(ask) string { harm(); return "k" }).On(w)
			if column == panics {
				_, err := keyed.Call(t.Context(), ask{})
				requireCall(t, err, actor.NotSent)
				return
			}
			callers(t, column, func() { _, _ = keyed.Call(t.Context(), ask{}) })
		},
	}, {
		place: "the functions of a command task",
		names: "procactor.NewCommandTask",
		says: map[string]string{
			panics: "the caller's, and its place is free; in `Map` an error in its place, of a cast in the log", exits: "the same",
			blocks: "the caller's; it keeps its place", isNil: "the call fails and says so",
		},
		run: func(t *testing.T, column string, harm func()) {
			for _, where := range []string{"build", "parse"} {
				sys := system(t)
				host := start(t, sys, procactor.Exec())
				build := func(context.Context, int, string) (procactor.Command, error) {
					if where == "build" {
						harm()
					}
					return procactor.Command{Path: os.Args[0], Args: tool("copy")[1:]}, nil
				}
				parse := func(procactor.Result) (int, error) {
					harm()
					return 0, nil
				}
				if column == isNil {
					_, err := procactor.NewCommandTask[int, int]("c", nil, nil).On(host).Call(t.Context(), 1)
					require.Error(t, err)
					return
				}
				ref := procactor.NewCommandTask("c", build, parse).On(host)
				callers(t, column, func() { _, _ = ref.Call(t.Context(), 1) })
				if column == blocks {
					continue
				}
				n := 0
				for _, err := range procactor.Map(t.Context(), ref, slices.Values([]int{1, 2})) {
					require.Error(t, err)
					n++
				}
				assert.Equal(t, 2, n)
				require.NoError(t, ref.Cast(t.Context(), 1))
				require.NoError(t, sys.Drain(t.Context()), "nothing is left of the cast")
			}
		},
	}, {
		place: "the inputs of `Map` and the function of `MapFold`",
		names: "procactor.Map procactor.MapFold",
		says: map[string]string{
			panics: "the caller's; the calls under way are canceled", exits: "the same", blocks: "the caller's", isNil: "an error that says so",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			ref := spawnOnes(t, sys)
			inputs := func(yield func(int) bool) {
				if yield(1) {
					harm()
				}
			}
			fold := func(int, int) int { harm(); return 0 }
			if column == isNil {
				var none iter.Seq[int]
				for _, err := range procactor.Map(t.Context(), ref, none) {
					require.ErrorContains(t, err, "nil for the inputs")
				}
				_, err := procactor.MapFold(t.Context(), ref, slices.Values([]int{1}), 0, nil)
				require.ErrorContains(t, err, "nil for the function")
				return
			}
			callers(t, column, func() {
				for _, err := range procactor.Map(t.Context(), ref, inputs) {
					_ = err // the inputs matter
				}
			})
			callers(t, column, func() { _, _ = procactor.MapFold(t.Context(), ref, slices.Values([]int{1}), 0, fold) })
		},
	}, {
		place: "the body of a loop over a stream, or over `Map`",
		names: "",
		says: map[string]string{
			panics: "the caller's; the request is canceled", exits: "the same", blocks: "the worker waits for it, as far as the `Window` goes", isNil: "it is no value",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			w := start(t, sys, worker())
			if column == isNil {
				harm = func() {}
			}
			f := func() {
				for _, err := range emits.On(w).Stream(t.Context(), 1000) {
					_ = err // it is canceled where the loop is left
					harm()
				}
			}
			if column == isNil {
				f()
			} else {
				callers(t, column, f)
			}
			if column != blocks {
				_, err := does.On(w).Call(t.Context(), ask{})
				require.NoError(t, err, "the worker is free")
			}
		},
	}}
}

func spawnOnes(t *testing.T, sys *actor.System) actor.Ref[int, int] {
	t.Helper()
	return spawn(t, sys, actor.Func[int, int](func(context.Context, int) (int, error) { return 1, nil }))
}
