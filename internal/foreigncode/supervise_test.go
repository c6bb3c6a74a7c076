package foreigncode_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
	"github.com/proctor-dev/proctor/supervise/policy/commands"
)

func superviseRows() []row {
	service := map[string]string{
		panics: "a crash of the child, whose supervisor decides", exits: "the same",
		blocks: "the child is abandoned at its `Shutdown` when it does not end", isNil: "a failed start, a `*SpecError`",
	}
	return []row{{
		place: "`ChildSpec.Start`, a `StartFunc`",
		names: "supervise.ChildSpec.Start supervise.StartFunc supervise.Supervisor.StartInstance",
		says: map[string]string{
			panics: "a failed start, told in the log with its stack", exits: "a failed start",
			blocks: "its ctx ends with that of the start or stop; then it is abandoned", isNil: "a `*SpecError`",
		},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			if column == isNil {
				_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{{ID: "c"}}})
				requireSpecError(t, err)
				return
			}
			start := supervise.ChildSpec{ID: "c", Shutdown: time.Millisecond, Start: func(context.Context, *actor.Slot) error { harm(); return nil }}
			ctx := t.Context()
			if column == blocks {
				ctx = brief(t)
			}
			_, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{start}})
			var failed *actor.StartError
			require.ErrorAs(t, err, &failed)
		},
	}, {
		place: "`serve` of `supervise.Go`, `run` of `supervise.Every`",
		names: "supervise.Go supervise.Every",
		says:  service,
		run: func(t *testing.T, column string, harm func()) {
			var serve func(context.Context) error
			if harm != nil {
				serve = func(context.Context) error { harm(); return nil }
			}
			for _, child := range []supervise.ChildSpec{supervise.Go("c", serve), supervise.Every("c", supervise.Interval(1).AtOnce(), serve)} {
				runChild(t, column, child)
			}
		},
	}, {
		place: "`commands.Options.RunEnded`",
		names: "supervise/policy/commands.Options.RunEnded",
		says:  map[string]string{panics: service[panics], exits: service[exits], blocks: service[blocks], isNil: "nobody is told"},
		run: func(t *testing.T, column string, harm func()) {
			run := policy.Command{ID: "c", Args: []string{"true"}, Every: time.Millisecond}
			if column == isNil {
				sup := startTree(t, system(t))
				_, err := sup.StartChild(t.Context(), commands.Child(run, commands.Options{}))
				require.NoError(t, err)
				require.NoError(t, sup.TerminateChild(t.Context(), "c"))
				return
			}
			runChild(t, column, commands.Child(run, commands.Options{RunEnded: func(policy.Command) { harm() }}))
		},
	}, {
		place: "`next` of `supervise.Times`",
		names: "supervise.Times",
		says:  service,
		run: func(t *testing.T, column string, harm func()) {
			schedule := supervise.Times(nil)
			if harm != nil {
				schedule = supervise.Times(func(last time.Time) time.Time { harm(); return last })
			}
			runChild(t, column, supervise.Every("c", schedule, func(context.Context) error { return nil }))
		},
	}, {
		place: "the body of a loop over `Supervisor.Events`",
		names: "",
		says:  map[string]string{panics: "the caller's; nothing is kept for it", exits: "the same", blocks: "it loses events, which are counted; no supervisor waits", isNil: "a nil ctx never ends"},
		run: func(t *testing.T, column string, harm func()) {
			sys := system(t)
			sup := startTree(t, sys)
			events := sup.Events(nil) //nolint:staticcheck // it is what is tried
			_, err := sup.StartChild(t.Context(), supervise.Go("c", func(ctx context.Context) error { <-ctx.Done(); return nil }))
			require.NoError(t, err)
			if column == isNil {
				for e := range events {
					assert.Equal(t, "c", e.Child)
					break
				}
				return
			}
			callers(t, column, func() {
				for range events {
					harm()
				}
			})
			require.NoError(t, sup.Stop(t.Context()))
		},
	}, {
		place: "`Fill.Command`, `commands.Options.Output`, and `Env` of a policy file",
		names: "supervise/policy.Fill.Command supervise/policy.Options.Env supervise/policy.Parse supervise/policy/commands.Options.Output",
		says:  map[string]string{panics: "the caller's", exits: "the caller's", blocks: "the caller's", isNil: "a file with commands is refused; output goes to the log; variables are those of the process"},
		run: func(t *testing.T, column string, harm func()) {
			const text = "supervisor: {children: [{id: c, command: [\"true\"]}]}\n"
			file, err := policy.Parse("f.yaml", []byte(text), nil)
			require.NoError(t, err)
			if column == isNil {
				_, err = file.Spec(policy.Fill{})
				require.Error(t, err)
				_, err = file.Spec(policy.Fill{Command: commands.Maker(commands.Options{})})
				require.NoError(t, err)
				return
			}
			callers(t, column, func() {
				_, _ = file.Spec(policy.Fill{Command: func(policy.Command) (supervise.ChildSpec, error) { harm(); return supervise.ChildSpec{}, nil }})
			})
			callers(t, column, func() {
				_, _ = policy.Parse("f.yaml", []byte("supervisor: {children: [{id: c, command: [\"${NAME}\"]}]}\n"), func(string) (string, bool) { harm(); return "", false })
			})
		},
	}}
}

// runChild holds that the child crashes, is abandoned when it is to stop, or
// cannot be started.
func runChild(t *testing.T, column string, child supervise.ChildSpec) {
	t.Helper()
	sys := system(t)
	if column == isNil {
		_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{child}})
		requireSpecError(t, err)
		return
	}
	sup := startTree(t, sys)
	events := sup.Events(t.Context())
	child.Restart, child.Shutdown = supervise.Temporary, time.Millisecond
	_, err := sup.StartChild(t.Context(), child)
	require.NoError(t, err)
	want := supervise.EventExited
	if column == blocks {
		want = supervise.EventStopped
		_ = sup.TerminateChild(t.Context(), "c")
	}
	for e := range events {
		if e.Child == "c" && e.Kind != supervise.EventStarted {
			assert.Equal(t, want, e.Kind)
			assert.Error(t, e.Reason)
			break
		}
	}
}

func requireSpecError(t *testing.T, err error) {
	t.Helper()
	var spec *supervise.SpecError
	require.ErrorAs(t, err, &spec)
}

// nilContexts holds that nil for a context is an error that says so, or has a
// meaning, wherever a context is taken.
func nilContexts(t *testing.T, sys *actor.System, ref actor.Ref[int, int]) {
	t.Helper()
	var none context.Context
	sup := startTree(t, sys)
	fails := map[string]error{}
	note := func(what string, err error) { fails[what] = err }
	_, err := ref.Call(none, 1)
	note("Call", err)
	note("Cast", ref.Cast(none, 1))
	for _, err := range ref.Stream(none, 1) {
		note("Stream", err)
	}
	note("Drain", sys.Drain(none))
	note("Close", sys.Close(none))
	note("System.Stop", sys.Stop(none, "a"))
	_, err = actor.Spawn(none, sys, "b", func(actor.Ref[int, int]) actor.Behavior[int, int] { return custom{} })
	note("Spawn", err)
	_, err = supervise.Start(none, sys, supervise.Spec{Name: "other"})
	note("supervise.Start", err)
	note("Supervisor.Stop", sup.Stop(none))
	_, err = sup.StartChild(none, supervise.Go("x", func(context.Context) error { return nil }))
	note("StartChild", err)
	note("TerminateChild", sup.TerminateChild(none, "x"))
	_, err = sup.RestartChild(none, "x")
	note("RestartChild", err)
	note("DeleteChild", sup.DeleteChild(none, "x"))
	note("ResumeChild", sup.ResumeChild(none, "x"))
	_, err = sup.WhichChildren(none)
	note("WhichChildren", err)
	_, err = sup.CountChildren(none)
	note("CountChildren", err)
	_, err = sup.Snapshot(none)
	note("Snapshot", err)
	note("Change", sup.Change(none, supervise.Spec{Name: "top"}))
	_, err = procactor.Start(none, sys, "w", worker())
	note("procactor.Start", err)
	_, err = procactor.StartPool(none, sys, "p", worker(), procactor.PoolConfig{})
	note("StartPool", err)
	_, err = procactor.StartCommands(none, sys, "c", procactor.Commands{})
	note("StartCommands", err)
	_, err = procactor.StartDaemon(none, sys, "d", procactor.Daemon{Args: []string{"true"}})
	note("StartDaemon", err)
	note("RunDaemon", procactor.RunDaemon(none, sys, procactor.Daemon{Args: []string{"true"}}))
	for _, err := range procactor.Map(none, ref, func(func(int) bool) {}) {
		note("Map", err)
	}
	for what, err := range fails {
		assert.ErrorIs(t, err, actor.ErrNoContext, what)
	}
	assert.Len(t, fails, 24)

	pid, _ := ref.PID()
	watches := []<-chan actor.Down{ref.Watch(none), sys.Watch(none, pid), sys.WatchAt(none, "a")}
	require.NoError(t, sys.Stop(t.Context(), "a"))
	for _, down := range watches {
		assert.ErrorIs(t, (<-down).Reason, actor.ErrShutdown)
	}
	assert.NoError(t, actor.NoWait(none).Err())
	assert.False(t, actor.Inside(none))
	assert.True(t, actor.MayWait(none))
	assert.Zero(t, procactor.CallFrom(none))
	assert.NoError(t, procactor.WithTraceparent(procactor.WithOutput(procactor.WithMeasures(none, nil), nil, nil), "").Err())
	_, tick := supervise.TickOf(none)
	assert.False(t, tick)
	assert.ErrorIs(t, actor.ContextError(none), actor.ErrNoContext)
}
