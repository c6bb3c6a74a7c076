package policy_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// playing plays each command by a service that is there until it is stopped, and
// notes its starts (+) and stops (-); the command "fail" cannot be started.
func playing(d *tracelog.Log) policy.Fill {
	return policy.Fill{Command: func(c policy.Command) (supervise.ChildSpec, error) {
		what := c.Path + ":" + strings.Join(c.Args, "_")
		if c.Args[0] == "fail" {
			return supervise.ChildSpec{Start: func(context.Context, *actor.Slot) error { return errors.New("cannot") }}, nil
		}
		child := supervise.Go(c.ID, func(ctx context.Context) error {
			<-ctx.Done()
			d.Note("-" + what)
			return nil
		})
		start := child.Start
		child.Start = func(ctx context.Context, at *actor.Slot) error {
			d.Note("+" + what)
			return start(ctx, at)
		}
		return child, nil
	}}
}

// reload is a running tree, and the file it is of.
type reload struct {
	tracelog.Log
	sys  *actor.System
	top  *supervise.Supervisor
	file *policy.File
}

func running(t *testing.T, text string) *reload {
	t.Helper()
	r := &reload{sys: actor.NewSystem(), file: parsed(t, text)}
	t.Cleanup(func() { assert.NoError(t, r.sys.Close(context.Background())) })
	spec, err := r.file.Spec(playing(&r.Log))
	require.NoError(t, err)
	r.top, err = supervise.Start(t.Context(), r.sys, spec)
	require.NoError(t, err)
	r.Take()
	return r
}

func (r *reload) apply(t *testing.T, text string) error {
	t.Helper()
	to := parsed(t, text)
	_, err := policy.Apply(t.Context(), r.sys, r.top, r.file, to, playing(&r.Log))
	synctest.Wait()
	if err == nil {
		r.file = to
	}
	return err
}

// Guarantee(policy): A changed policy file is applied to the running tree with the fewest restarts; a wrong one changes nothing.
func TestApply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const first = `
supervisor:
  children:
    - {id: a, command: [a, 1]}
    - {id: b, command: [b, 1]}
    - id: s
      supervisor:
        strategy: rest_for_one
        children:
          - {id: x, command: [x, 1]}
          - {id: y, command: [y, 1]}
          - {id: deep, supervisor: {children: [{id: z, command: [z, 1]}]}}
    - {id: c, command: [c, 1]}
`
		r := running(t, first)
		require.NoError(t, r.apply(t, first))
		assert.Empty(t, r.Take())

		// One removed, one added, one changed, one with another tuning, and the order.
		second := strings.NewReplacer(
			"    - {id: a, command: [a, 1]}\n", "",
			"[b, 1]", "[b, 2]",
			"[c, 1]}", "[c, 1], shutdown: 1s, restart: transient}\n    - {id: d, command: [d, 1]}",
		).Replace(first)
		require.NoError(t, r.apply(t, second))
		assert.Equal(t, "-b:b_1, -a:a_1, +b:b_2, +d:d_1", r.Take())

		// Beneath: y changes, and rest_for_one restarts deep with it, once, with
		// what is new in it.
		third := strings.NewReplacer("[y, 1]", "[y, 2]", "[z, 1]", "[z, 2]").Replace(second)
		require.NoError(t, r.apply(t, third))
		assert.Equal(t, "-s/deep/z:z_1, -s/y:y_1, +s/y:y_2, +s/deep/z:z_2", r.Take())

		// Only the deepest, which its supervisor must follow when it is restarted.
		fourth := strings.Replace(third, "[z, 2]", "[z, 3]", 1)
		require.NoError(t, r.apply(t, fourth))
		assert.Equal(t, "-s/deep/z:z_2, +s/deep/z:z_3", r.Take())
		require.NoError(t, r.top.TerminateChild(t.Context(), "s"))
		_, err := r.top.RestartChild(t.Context(), "s")
		require.NoError(t, err)
		synctest.Wait()
		assert.Equal(t, "-s/deep/z:z_3, -s/y:y_2, -s/x:x_1, +s/x:x_1, +s/y:y_2, +s/deep/z:z_3", r.Take())

		// What the program itself has given goes on.
		_, err = r.top.StartChild(t.Context(), supervise.Go("own", wait))
		require.NoError(t, err)
		own := supervise.SupervisorAt(r.sys, "top/own").PID()
		require.NoError(t, r.apply(t, strings.Replace(fourth, "[b, 2]", "[b, 3]", 1)))
		assert.Equal(t, "-b:b_2, +b:b_3", r.Take())
		require.NoError(t, r.apply(t, fourth))
		assert.Equal(t, "-b:b_3, +b:b_2", r.Take())
		assert.Equal(t, own, supervise.SupervisorAt(r.sys, "top/own").PID())

		// What cannot be applied changes nothing.
		var again *policy.RestartError
		require.ErrorAs(t, r.apply(t, "name: other\n"+fourth), &again)
		require.ErrorAs(t, r.apply(t, fourth+"    - {id: e}\n"), new(policy.Errors))
		assert.Empty(t, r.Take())

		// One that does not start is told, and all else is applied.
		fifth := strings.Replace(fourth, "[x, 1]", "[x, 2]", 1) + "    - {id: f, command: [fail]}\n"
		var failed *actor.StartError
		require.ErrorAs(t, r.apply(t, fifth), &failed)
		assert.Equal(t, "top/f", failed.Name)
		assert.Equal(t, "-s/deep/z:z_3, -s/y:y_2, -s/x:x_1, +s/x:x_2, +s/y:y_2, +s/deep/z:z_3", r.Take())
	})
}

func TestApplyToWhatDoesNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const first = `supervisor: {children: [{id: s, supervisor: {children: [{id: x, command: [x, 1]}]}}]}`
		second := strings.Replace(first, "[x, 1]", "[x, 2]", 1)
		r := running(t, first)
		require.NoError(t, r.top.TerminateChild(t.Context(), "s"))
		synctest.Wait()
		r.Take()
		require.NoError(t, r.apply(t, second))
		assert.Empty(t, r.Take())
		_, err := r.top.RestartChild(t.Context(), "s")
		require.NoError(t, err)
		assert.Equal(t, "+s/x:x_2", r.Take())

		gone, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = policy.Apply(gone, r.sys, r.top, r.file, parsed(t, first), playing(&r.Log))
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, r.Take())
		require.NoError(t, r.top.Stop(t.Context()))
		require.ErrorIs(t, r.apply(t, first), actor.ErrNoActor)
	})
}

// A nested supervisor that is restarted, by its old spec, while the change waits
// for its turn has what changed in it restarted all the same.
func TestApplyWhileANestedSupervisorCrashes(t *testing.T) {
	for _, strategy := range []string{"one_for_one", "rest_for_one"} {
		t.Run(strategy, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { applyDuringCrash(t, strategy) }) })
	}
}

func applyDuringCrash(t *testing.T, strategy string) {
	first := `
supervisor:
  strategy: ` + strategy + `
  children:
    - {id: s, supervisor: {intensity: 0, children: [{id: x, command: [x, 1]}, {id: y, command: [y, 1]}]}}
    - {id: b, command: [b, 1]}
`
	r := running(t, first)
	hold := make(chan struct{})
	slow := supervise.Go("slow", func(ctx context.Context) error { <-ctx.Done(); <-hold; return nil })
	slow.Shutdown = supervise.Infinity
	_, err := r.top.StartChild(t.Context(), slow)
	require.NoError(t, err)
	crash := make(chan struct{})
	_, err = r.at("s").StartChild(t.Context(), supervise.Go("crash", func(ctx context.Context) error {
		select {
		case <-crash:
			return errors.New("crash")
		case <-ctx.Done():
			return nil
		}
	}))
	require.NoError(t, err)
	ended := make(chan error, 2)
	go func() { ended <- r.top.TerminateChild(t.Context(), "slow") }()
	synctest.Wait()
	close(crash) // s gives up, and is restarted when it is its turn
	synctest.Wait()
	to := parsed(t, strings.NewReplacer("[x, 1]", "[x, 2]", "[b, 1]", "[b, 2]").Replace(first))
	go func() {
		_, err := policy.Apply(t.Context(), r.sys, r.top, r.file, to, playing(&r.Log))
		ended <- err
	}()
	synctest.Wait()
	r.Take()
	close(hold)
	require.NoError(t, <-ended)
	require.NoError(t, <-ended)
	synctest.Wait()
	steps := strings.Split(r.Take(), ", ")
	assert.Contains(t, steps, "+s/x:x_1", "the old spec, which is what is to be tried here")
	assert.Contains(t, steps, "-s/x:x_1")
	assert.Contains(t, steps, "+s/x:x_2")
	assert.NotContains(t, steps, "-s/y:y_1", "which has not changed")
}

// at is a handle on the supervisor at a path below the top.
func (r *reload) at(path string) *supervise.Supervisor {
	return supervise.SupervisorAt(r.sys, "top/"+path)
}
