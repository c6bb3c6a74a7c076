package supervise_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
)

// Guarantee(restarts): A running supervisor changes to another spec with the fewest starts and stops; a wrong spec changes nothing.
func TestChangeOfARunningSupervisor(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d tracelog.Log
		ctx := t.Context()
		temp := noted(&d, "temp", nil)
		temp.Restart = supervise.Temporary
		sup := start(t, sys, supervise.Policy{}, noted(&d, "a", nil), noted(&d, "b", nil), noted(&d, "c", nil), temp)
		require.NoError(t, sup.TerminateChild(ctx, "temp"))
		d.Take()

		spec := func(children ...supervise.ChildSpec) supervise.Spec {
			return supervise.Spec{Name: "top", Policy: supervise.Policy{Intensity: 9}, Children: children}
		}
		to := spec(noted(&d, "c", nil), noted(&d, "n", nil), noted(&d, "b", nil), temp)
		require.NoError(t, sup.Change(ctx, to, "b"))
		assert.Equal(t, "-b, -a, +n, +b", d.Take(), "c goes on, and what was temporary stays away")
		s := snapshot(t, sup)
		assert.Equal(t, "c running, n running, b running", phases(s))
		assert.Equal(t, 9, s.Policy.Intensity)

		require.NoError(t, sup.Change(ctx, to))
		assert.Empty(t, d.Take(), "the same again")
		require.NoError(t, sup.TerminateChild(ctx, "n"))
		require.NoError(t, sup.DeleteChild(ctx, "n"))
		require.NoError(t, sup.Change(ctx, to))
		assert.Equal(t, "-n", d.Take(), "who was deleted is not new")
		require.NoError(t, sup.Change(ctx, to, "n"))
		assert.Equal(t, "+n", d.Take())

		var wrong *supervise.SpecError
		require.ErrorAs(t, sup.Change(ctx, spec(idle("c"), idle("c"))), &wrong)
		require.ErrorAs(t, sup.Change(ctx, spec(idle("c")), "b"), &wrong)
		assert.Equal(t, "b", wrong.Child)
		template := spec(idle("w"))
		template.Policy.Strategy = supervise.SimpleOneForOne
		require.ErrorAs(t, sup.Change(ctx, template), &wrong)
		assert.Empty(t, d.Take())

		failing := custom("f", nil)
		failing.Start = supervise.Go("f", nil).Start
		failing.ID = "g" // and so has not the name of its slot
		err := sup.Change(ctx, spec(noted(&d, "c", nil), failing, noted(&d, "m", nil)))
		var failed *actor.StartError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, "top/g", failed.Name)
		assert.Equal(t, "-b, -n, +m", d.Take())
		assert.Equal(t, "c running, g stopped, m running", phases(snapshot(t, sup)))
	})
}

// A child that is named can be of another kind than it was, and who asks for
// the one that it was is let go.
func TestChangeToAnotherKindOfChild(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		ctx := t.Context()
		spec := func(children ...supervise.ChildSpec) supervise.Spec {
			return supervise.Spec{Name: "top", Children: children}
		}
		inner := supervise.Child(supervise.Spec{Name: "x", Children: []supervise.ChildSpec{idle("y")}})
		sup := start(t, sys, supervise.Policy{}, idle("x"))
		require.NoError(t, sup.Change(ctx, spec(inner), "x"))
		assert.Equal(t, "y running", phases(snapshot(t, supervise.SupervisorAt(sys, "top/x"))))
		was := supervise.SupervisorAt(sys, "top/x").Ref()
		_, err := was.Call(ctx, supervise.CountChildren{})
		require.NoError(t, err)
		require.NoError(t, sup.Change(ctx, spec(idle("x")), "x"))
		assert.Equal(t, "x running", phases(snapshot(t, sup)))
		_, err = was.Call(ctx, supervise.CountChildren{})
		assert.Error(t, err)
	})
}

func TestInstances(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		ctx := t.Context()
		crash := make(chan error)
		spec := supervise.Spec{Name: "s", Policy: supervise.Policy{Strategy: supervise.SimpleOneForOne, Intensity: 1}, Children: []supervise.ChildSpec{
			supervise.Go("w", func(ctx context.Context) error {
				select {
				case err := <-crash:
					return err
				case <-ctx.Done():
					return nil
				}
			}),
		}}
		middle := supervise.Spec{Name: "m", Policy: supervise.Policy{Intensity: supervise.NoRestarts}, Children: []supervise.ChildSpec{supervise.Child(spec)}}
		top := start(t, sys, supervise.Policy{}, supervise.Child(middle))
		sup := supervise.SupervisorAt(sys, "top/m/s")
		for _, want := range []string{"top/m/s/w#1", "top/m/s/w#2"} {
			pid, err := sup.StartInstance(ctx, nil)
			require.NoError(t, err)
			assert.Equal(t, want, pid.Name)
		}
		_, err := sup.StartInstance(ctx, func(context.Context, *actor.Slot) error { return errCrash })
		require.ErrorIs(t, err, errCrash)
		which, err := sup.WhichChildren(ctx)
		require.NoError(t, err)
		require.Len(t, which, 2)
		assert.Equal(t, "w#1", which[0].ID)
		assert.Equal(t, "w", snapshot(t, sup).Policy.Template)

		before, _ := sys.PIDAt("top/m/s/w#1")
		crash <- errCrash // one of them is restarted, under its own name
		synctest.Wait()
		after, _ := sys.PIDAt("top/m/s/w#1")
		other, ok := sys.PIDAt("top/m/s/w#2")
		require.True(t, ok)
		assert.Greater(t, max(after.Incarnation, other.Incarnation), before.Incarnation+1)

		middleBefore := supervise.SupervisorAt(sys, "top/m").PID()
		crash <- errCrash // gives s up, and m with it, which is restarted
		synctest.Wait()
		require.NotEqual(t, middleBefore, supervise.SupervisorAt(sys, "top/m").PID())
		own := false
		pid, err := sup.StartInstance(ctx, func(ctx context.Context, at *actor.Slot) error {
			own = true
			return idle("w").Start(ctx, at)
		})
		require.NoError(t, err)
		assert.Equal(t, "top/m/s/w#4", pid.Name, "no number is given twice")
		assert.True(t, own)
		require.NoError(t, sup.TerminateChild(ctx, "w#4"))
		require.NoError(t, sup.TerminateChild(ctx, "w#2"), "it was there once")
		require.ErrorIs(t, sup.TerminateChild(ctx, "w#3"), supervise.ErrNotFound)
		require.ErrorIs(t, sup.TerminateChild(ctx, "w#9"), supervise.ErrNotFound)
		_, err = sup.RestartChild(ctx, "w#4")
		require.ErrorIs(t, err, supervise.ErrSimpleOneForOne)
		_, err = top.StartInstance(ctx, nil)
		require.ErrorIs(t, err, supervise.ErrNotSimpleOneForOne)
	})
}

func TestResume(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d, seen tracelog.Log
		ctx := t.Context()
		crash := make(chan error)
		sup := start(t, sys, supervise.Policy{Intensity: supervise.NoRestarts, Circuit: true}, noted(&d, "a", crash), noted(&d, "b", nil))
		follow(&seen, sup.Events(ctx))
		require.ErrorIs(t, sup.ResumeChild(ctx, "a"), supervise.ErrNotOpen)
		crash <- errCrash
		synctest.Wait()
		s := snapshot(t, sup)
		assert.Equal(t, "a stopped, b running", phases(s))
		assert.True(t, s.Children[0].CircuitOpen)
		require.ErrorIs(t, sup.ResumeChild(ctx, "nobody"), supervise.ErrNotFound)
		require.NoError(t, sup.ResumeChild(ctx, "a"))
		assert.Equal(t, "a running, b running", phases(snapshot(t, sup)))
		synctest.Wait()
		const opened = "gave up at death 1 within 5s (restarts allowed: 0): a: crash"
		assert.Equal(t, "top/a exited, stop: crash, top/a circuit_opened: "+opened+", top/a circuit_closed, top/a started", seen.Take())
		require.NoError(t, sup.Stop(ctx))
		assert.ErrorIs(t, sup.Err(), actor.ErrShutdown)
	})
}
