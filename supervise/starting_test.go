package supervise_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
)

func custom(id string, start supervise.StartFunc) supervise.ChildSpec {
	return supervise.ChildSpec{ID: id, Start: start}
}

// Guarantee(restarts): A tree that does not come up completely is taken down completely, and Start returns the reason.
func TestFailedStartIsUndone(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d tracelog.Log
		inner := supervise.Child(supervise.Spec{Name: "s", Children: []supervise.ChildSpec{
			noted(&d, "x", nil),
			custom("y", func(context.Context, *actor.Slot) error { return errCrash }),
		}})
		inner.Restart = supervise.Temporary
		_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{noted(&d, "a", nil), inner, noted(&d, "z", nil)}})
		require.ErrorIs(t, err, errCrash)
		assert.EqualError(t, err, "start top: start top/s: start top/s/y: crash")
		assert.Equal(t, "+a, +x, -x, -a", d.Take())
		for _, path := range []string{"top", "top/a", "top/s", "top/s/x", "top/s/y"} {
			_, there := sys.CellAt(path)
			assert.False(t, there, path)
		}
	})
}

// OTP 26.
func TestStartFuncsThatBreakTheirPromises(t *testing.T) {
	fill := func(at *actor.Slot) {
		_ = idle(at.ID()).Start(context.Background(), at)
	}
	tests := []struct {
		name  string
		start supervise.StartFunc
		want  string
	}{
		{"nothing started", func(context.Context, *actor.Slot) error { return nil }, "start top: start top/w: the start function returned nil without filling its slot"},
		{"panic", func(context.Context, *actor.Slot) error { panic("oh") }, "start top: start top/w: panic: oh"},
		{"end of the goroutine", func(context.Context, *actor.Slot) error { runtime.Goexit(); return nil }, "start top: start top/w: the start function ended its goroutine"},
		{"error with something started", func(_ context.Context, at *actor.Slot) error { fill(at); return errCrash }, "start top: start top/w: crash"},
		{"panic with something started", func(_ context.Context, at *actor.Slot) error { fill(at); panic("oh") }, "start top: start top/w: panic: oh"},
		{"another name", func(ctx context.Context, at *actor.Slot) error { return idle("other").Start(ctx, at) }, `start top: start top/w: start other: invalid name "other": this slot is for "w"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{custom("w", tt.start)}})
				require.EqualError(t, err, tt.want)
				_, there := sys.CellAt("top/w")
				assert.False(t, there, "nothing is left")
			})
		})
	}
}

func TestIgnoredStart(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{}, custom("w", func(context.Context, *actor.Slot) error { return supervise.ErrIgnore }))
		which, err := sup.WhichChildren(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []supervise.ChildInfo{{ID: "w"}}, which)
		pid, err := sup.RestartChild(t.Context(), "w")
		require.NoError(t, err)
		assert.Zero(t, pid)
	})
}

func TestLifeThatEndsBeforeItsStartReturned(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d tracelog.Log
		lives := 0
		start(t, sys, supervise.Policy{}, custom("w", func(ctx context.Context, at *actor.Slot) error {
			lives++
			if lives > 1 {
				d.Note("again")
				return idle("w").Start(ctx, at)
			}
			err := supervise.Go("w", func(context.Context) error { return errCrash }).Start(ctx, at)
			synctest.Wait() // it is over by now
			return err
		}))
		synctest.Wait()
		assert.Equal(t, "again", d.Take())
	})
}

func TestStartIsBoundedByItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d tracelog.Log
		slow := custom("slow", func(ctx context.Context, _ *actor.Slot) error {
			<-ctx.Done()
			d.Note("gave up")
			return ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{
			noted(&d, "a", nil), supervise.Child(supervise.Spec{Name: "s", Children: []supervise.ChildSpec{slow}}),
		}})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, "+a, gave up, -a", d.Take())

		_, err = supervise.Start(ctx, sys, supervise.Spec{Name: "top"})
		assert.ErrorIs(t, err, context.DeadlineExceeded, "it had ended before")
	})
}

// The end of the context may come as the last child is up: whichever is seen
// first, the start is undone.
func TestContextThatEndsAsTheLastChildIsUp(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		for range 200 {
			ctx, cancel := context.WithCancel(t.Context())
			last := custom("last", func(c context.Context, at *actor.Slot) error {
				err := idle("last").Start(c, at)
				cancel()
				return err
			})
			_, err := supervise.Start(ctx, sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{last}})
			require.ErrorIs(t, err, context.Canceled)
			_, left := sys.PIDAt("top/last")
			require.False(t, left)
		}
	})
}

// Guarantee(stop): A supervisor can be stopped at any time, even while a child hangs in its start.
func TestHungStartDoesNotHinderTheStop(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		release, entered := make(chan struct{}), make(chan struct{})
		crash := make(chan error)
		var d tracelog.Log
		hang := false
		c := noted(&d, "w", crash)
		begin := c.Start
		c.Start = func(ctx context.Context, at *actor.Slot) error {
			if hang {
				close(entered)
				<-release // whatever ctx says
				return idle("w").Start(ctx, at)
			}
			hang = true
			return begin(ctx, at)
		}
		c.Shutdown = 2 * time.Second
		sup := start(t, sys, supervise.Policy{}, noted(&d, "a", nil), c)
		d.Take()
		crash <- errCrash
		<-entered
		began := time.Now()
		var left *actor.CloseError
		require.ErrorAs(t, sup.Stop(t.Context()), &left)
		assert.Equal(t, []actor.PID{sup.PID()}, left.Running, "whose start hangs")
		assert.Equal(t, 2*time.Second, time.Since(began))
		assert.Equal(t, "!w, -a", d.Take())

		close(release)
		synctest.Wait()
		_, there := sys.CellAt("top/w")
		assert.False(t, there, "what the late start began is killed")
	})
}

func TestKillReachesAStartInASubtree(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		entered := make(chan struct{})
		release := make(chan struct{})
		stubborn := supervise.Child(supervise.Spec{Name: "s", Children: []supervise.ChildSpec{
			custom("w", func(context.Context, *actor.Slot) error { close(entered); <-release; return errCrash }),
		}})
		sup := start(t, sys, supervise.Policy{})
		go func() { _, _ = sup.StartChild(t.Context(), stubborn) }()
		<-entered
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, sup.Stop(ctx), context.Canceled)
		assert.ErrorIs(t, sup.Err(), actor.ErrKilled)
		synctest.Wait()
		_, there := sys.CellAt("top/s")
		assert.False(t, there, "the subtree is killed too, and does not wait for its child")
		var left *actor.CloseError
		require.ErrorAs(t, sys.Close(t.Context()), &left, "the start that hangs is reported")
		require.Len(t, left.Running, 1)
		assert.Equal(t, "top/s", left.Running[0].Name, "by the name of its supervisor")
		close(release)
		synctest.Wait()
	})
}

func TestInterruptedStartThatSucceedsHasItsWholeTimeToStop(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		slow := custom("w", func(_ context.Context, at *actor.Slot) error {
			<-time.After(1500 * time.Millisecond)
			return supervise.Go("w", func(ctx context.Context) error {
				<-ctx.Done()
				<-time.After(1500 * time.Millisecond)
				return nil
			}).Start(context.Background(), at)
		})
		slow.Shutdown = 2 * time.Second
		sup := start(t, sys, supervise.Policy{})
		go func() { _, _ = sup.StartChild(t.Context(), slow) }()
		synctest.Wait()
		began := time.Now()
		require.NoError(t, sup.Stop(t.Context()))
		assert.Equal(t, 3*time.Second, time.Since(began), "neither killed nor abandoned")
	})
}

func TestStartAtATakenName(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		start(t, sys, supervise.Policy{})
		_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top"})
		require.ErrorIs(t, err, actor.ErrTaken)
		_, err = supervise.Start(t.Context(), sys, supervise.Spec{Name: "a/b"})
		assert.ErrorIs(t, err, actor.ErrName)
	})
}
