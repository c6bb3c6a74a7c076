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
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor"
)

// hostOf is a Host that does harm in Do, and wherever else it is asked.
type hostOf struct {
	*procactor.HostLife
	do, more func()
}

func (h hostOf) Name() string { h.more(); return "own" }

func (h hostOf) Watch(ctx context.Context) <-chan actor.Down { h.do(); return h.HostLife.Watch(ctx) }

func (h hostOf) Do(context.Context, *actor.RawRequest, func([]byte) error) error { h.do(); return nil }

func callRows() []row {
	return []row{{
		place: "`Host.Do` and `Watch` of a Host of your own",
		names: "procactor.Host",
		says: map[string]string{
			panics: "the call fails, `Unknown`, with the `*PanicError`; the Down says that there is none", exits: "the same",
			blocks: "the call ends 100 ms after its ctx, `Unknown`, and the watch with its ctx; both goroutines are left behind", isNil: "an error nil without an answer is a `*ProtocolError`, and so is a nil channel",
		},
		run: func(t *testing.T, column string, harm func()) {
			h := hostOf{procactor.NewHostLife("own"), harm, func() {}}
			if column == isNil {
				h.do = func() {}
				_, err := does.On(h).Call(t.Context(), ask{})
				var broken *actor.ProtocolError
				require.ErrorAs(t, err, &broken)
				return
			}
			ctx := t.Context()
			if column == blocks {
				ctx = brief(t)
			}
			down := does.On(h).Watch(ctx)
			_, err := does.On(h).Call(ctx, ask{})
			requireCall(t, err, actor.Unknown)
			if column == blocks {
				require.ErrorIs(t, err, context.DeadlineExceeded)
				_, ok := <-down
				require.False(t, ok)
				return
			}
			var crash *actor.PanicError
			require.ErrorAs(t, err, &crash)
			require.Error(t, (<-down).Reason)
		},
	}, {
		place: "`Host.Name`, `PID` and `Width` of a Host of your own",
		names: "",
		says: map[string]string{
			panics: "no name, no PID, a width of one", exits: "the caller's", blocks: "the caller's", isNil: "a nil host is `ErrNoActor`",
		},
		run: func(t *testing.T, column string, harm func()) {
			if column == isNil {
				return // see below
			}
			h := hostOf{procactor.NewHostLife("own"), func() {}, harm}
			if column == panics {
				require.Empty(t, does.On(h).Name())
				return
			}
			callers(t, column, func() { does.On(h) })
		},
	}, {
		place: "the function given to `Process.Do`, `Pool.Do`, `PathHost.Do` and `CommandHost.Do`, which never calls it",
		names: "procactor.Process.Do procactor.Pool.Do procactor.PathHost.Do procactor.CommandHost.Do",
		says: map[string]string{
			panics: "the caller's; the worker is free", exits: "the caller's; the worker is free", blocks: "the caller's; the worker is free", isNil: "`NotSent`",
		},
		run: func(t *testing.T, column string, harm func()) {
			w := start(t, system(t), worker())
			body, err := codec.Default[ask]().Append(nil, ask{})
			require.NoError(t, err)
			r := &actor.RawRequest{Op: "call", Task: "does", Body: body, In: "cbor", Out: "cbor"}
			if column == isNil {
				requireCall(t, w.Do(t.Context(), r, nil), actor.NotSent)
			} else {
				callers(t, column, func() { _ = w.Do(t.Context(), r, func([]byte) error { harm(); return nil }) })
			}
			_, err = does.On(w).Call(t.Context(), ask{})
			require.NoError(t, err, "the worker is free")
		},
	}, {
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
				host, err := procactor.StartCommands(t.Context(), sys, "tools", procactor.Commands{Limit: 1})
				require.NoError(t, err)
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
