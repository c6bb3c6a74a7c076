package supervise_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record/recordtest"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
)

var errCrash = errors.New("crash")

func quiet() *actor.System {
	return actor.NewSystem(actor.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
}

// bubble runs f with a system, which must close without a rest.
func bubble(t *testing.T, f func(t *testing.T, sys *actor.System)) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem(actor.WithLogger(slog.New(recordtest.Checked(t, recordtest.Nowhere()))))
		f(t, sys)
		require.NoError(t, sys.Close(t.Context()))
	})
}

// pass lets the virtual time of a bubble go on by d, and everything happen that
// comes with it. Outside of a bubble it ends the test at once, so that no test
// can wait for the clock on the wall by it.
func pass(d time.Duration) {
	synctest.Wait()
	<-time.After(d)
	synctest.Wait()
}

func start(t *testing.T, sys *actor.System, p supervise.Policy, children ...supervise.ChildSpec) *supervise.Supervisor {
	t.Helper()
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Policy: p, Children: children})
	require.NoError(t, err)
	return sup
}

// noted is a service that notes its life, and crashes by its own will when
// something comes through crash.
func noted(d *tracelog.Log, id string, crash <-chan error) supervise.ChildSpec {
	begun := make(chan struct{}, 1)
	c := supervise.Go(id, func(ctx context.Context) error {
		d.Note("+" + id)
		begun <- struct{}{}
		select {
		case err := <-crash:
			d.Note("!" + id)
			return err
		case <-ctx.Done():
			d.Note("-" + id)
			return ctx.Err()
		}
	})
	begin := c.Start
	c.Start = func(ctx context.Context, at *actor.Slot) error {
		if err := begin(ctx, at); err != nil {
			return err
		}
		<-begun
		return nil
	}
	return c
}

func idle(id string) supervise.ChildSpec {
	return supervise.Go(id, func(ctx context.Context) error { <-ctx.Done(); return nil })
}

// Guarantee(restarts): Children start in order, each up before the next begins, and stop in reverse order, each gone before the next is asked to stop.
// OTP 20.
// OTP 42.
func TestStartAndStopOrder(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d tracelog.Log
		inner := supervise.Child(supervise.Spec{Name: "s", Children: []supervise.ChildSpec{noted(&d, "x", nil), noted(&d, "y", nil)}})
		sup := start(t, sys, supervise.Policy{}, noted(&d, "a", nil), inner, noted(&d, "z", nil))
		assert.Equal(t, "+a, +x, +y, +z", d.Take())
		require.NoError(t, sup.Stop(t.Context()))
		assert.Equal(t, "-z, -y, -x, -a", d.Take())
		<-sup.Done()
		assert.ErrorIs(t, sup.Err(), actor.ErrShutdown)
		assert.NoError(t, sup.Stop(t.Context()), "again")
	})
}

func TestSystemCloseStopsTheTree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d tracelog.Log
		sys := quiet()
		sup := start(t, sys, supervise.Policy{}, noted(&d, "a", nil), noted(&d, "b", nil))
		d.Take()
		require.NoError(t, sys.Close(t.Context()))
		assert.Equal(t, "-b, -a", d.Take())
		assert.ErrorIs(t, sup.Err(), actor.ErrShutdown)
	})
}

func TestStrategies(t *testing.T) {
	tests := []struct {
		strategy supervise.Strategy
		want     string
	}{
		{supervise.OneForOne, "!b, +b"},
		{supervise.OneForAll, "!b, -c, -a, +a, +b, +c"},
		{supervise.RestForOne, "!b, -c, +b, +c"},
	}
	for _, tt := range tests {
		t.Run(tt.strategy.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				var d tracelog.Log
				crash := make(chan error)
				start(t, sys, supervise.Policy{Strategy: tt.strategy}, noted(&d, "a", nil), noted(&d, "b", crash), noted(&d, "c", nil))
				d.Take()
				crash <- errCrash
				synctest.Wait()
				assert.Equal(t, tt.want, d.Take())
			})
		})
	}
}

// Guarantee(calls): Requests that wait while a child is being restarted are answered by its next life.
func TestQueuedRequestsSurviveARestart(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		lives := 0
		handling, crash := make(chan struct{}), make(chan struct{})
		child := supervise.Actor("w", func(actor.Ref[string, int]) actor.Behavior[string, int] {
			lives++
			life := lives
			return actor.Func[string, int](func(_ context.Context, req string) (int, error) {
				if req == "crash" {
					close(handling)
					<-crash
					panic(errCrash)
				}
				return life, nil
			})
		})
		start(t, sys, supervise.Policy{}, child)
		ref := actor.RefAt[string, int](sys, "top/w")
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := ref.Call(t.Context(), "crash")
			assert.ErrorIs(t, err, errCrash)
			assert.ErrorIs(t, err, actor.ErrOutcomeUnknown)
		})
		<-handling
		wg.Go(func() {
			got, err := ref.Call(t.Context(), "who are you?")
			assert.NoError(t, err)
			assert.Equal(t, 2, got, "the next life")
		})
		synctest.Wait()
		close(crash)
		wg.Wait()
	})
}

func TestCallersOfAChildThatIsDownForGoodGetErrNoActor(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		echo := func(actor.Ref[int, int]) actor.Behavior[int, int] {
			return actor.Func[int, int](func(_ context.Context, n int) (int, error) { return n, nil })
		}
		sup := start(t, sys, supervise.Policy{}, supervise.Actor("w", echo))
		ref := actor.RefAt[int, int](sys, "top/w")
		require.NoError(t, sup.TerminateChild(t.Context(), "w"))
		_, err := ref.Call(t.Context(), 1)
		require.ErrorIs(t, err, actor.ErrNoActor)
		_, err = sup.RestartChild(t.Context(), "w")
		require.NoError(t, err)
		got, err := ref.Call(t.Context(), 1)
		require.NoError(t, err)
		assert.Equal(t, 1, got)
		require.NoError(t, sup.Stop(t.Context()))
		_, err = ref.Call(t.Context(), 1)
		assert.ErrorIs(t, err, actor.ErrNoActor)
	})
}

// Guarantee(restarts): A supervisor whose children die more often than its policy allows stops the rest, ends, and says which deaths used up its budget.
func TestGivingUp(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d tracelog.Log
		crash := make(chan error)
		sup := start(t, sys, supervise.Policy{Intensity: 2, Period: time.Minute}, noted(&d, "a", nil), noted(&d, "b", crash), noted(&d, "c", nil))
		down := sys.Watch(t.Context(), sup.PID())
		began := time.Now()
		for range 3 {
			crash <- errCrash
			synctest.Wait()
		}
		<-sup.Done()
		assert.Equal(t, "+a, +b, +c, !b, +b, !b, +b, !b, -c, -a", d.Take())
		var gaveUp *supervise.IntensityError
		require.ErrorAs(t, sup.Err(), &gaveUp)
		assert.Equal(t, &supervise.IntensityError{Intensity: 2, Period: time.Minute, Deaths: []supervise.Death{
			{Child: "b", At: began, Reason: errCrash}, {Child: "b", At: began, Reason: errCrash}, {Child: "b", At: began, Reason: errCrash},
		}}, gaveUp)
		assert.ErrorIs(t, (<-down).Reason, actor.ErrShutdown)
		assert.NotErrorIs(t, sup.Err(), errCrash)
	})
}

// Guarantee(restarts): A nested supervisor that gives up is restarted by its own supervisor if it is permanent, and not if it is transient.
// OTP 17.
func TestNestedSupervisorThatGivesUp(t *testing.T) {
	tests := []struct {
		restart supervise.Restart
		want    string
		state   supervise.ChildState
	}{
		{supervise.Permanent, "!x, -y, +x, +y", supervise.Running},
		{supervise.Transient, "!x, -y", supervise.Stopped},
	}
	for _, tt := range tests {
		t.Run(tt.restart.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				var d tracelog.Log
				crash := make(chan error)
				inner := supervise.Child(supervise.Spec{
					Name: "s", Policy: supervise.Policy{Intensity: supervise.NoRestarts},
					Children: []supervise.ChildSpec{noted(&d, "x", crash), noted(&d, "y", nil)},
				})
				inner.Restart = tt.restart
				sup := start(t, sys, supervise.Policy{}, inner)
				before := supervise.SupervisorAt(sys, "top/s").PID()
				down := sys.Watch(t.Context(), before)
				d.Take()
				crash <- errCrash
				synctest.Wait()
				assert.Equal(t, tt.want, d.Take())
				var gaveUp *supervise.IntensityError
				require.ErrorAs(t, (<-down).Reason, &gaveUp)
				which, err := sup.WhichChildren(t.Context())
				require.NoError(t, err)
				assert.Equal(t, tt.state, which[0].State)
				assert.Equal(t, supervise.SupervisorAt(sys, "top/s").PID(), which[0].PID)
				assert.NotEqual(t, before, which[0].PID)
			})
		})
	}
}

func TestPanicsAreDeaths(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		first := true
		sup := start(t, sys, supervise.Policy{Intensity: supervise.NoRestarts}, supervise.Go("w", func(context.Context) error {
			if first {
				first = false
				panic("oh")
			}
			return nil
		}))
		<-sup.Done()
		var gaveUp *supervise.IntensityError
		require.ErrorAs(t, sup.Err(), &gaveUp)
		var crash *actor.PanicError
		require.ErrorAs(t, gaveUp.Deaths[0].Reason, &crash)
		assert.Equal(t, "oh", crash.Value)
		assert.Contains(t, string(crash.Stack), "TestPanicsAreDeaths")
	})
}

func TestGoexitIsADeath(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{Intensity: supervise.NoRestarts}, supervise.Go("w", func(context.Context) error {
			runtime.Goexit()
			return nil
		}))
		<-sup.Done()
		assert.ErrorContains(t, sup.Err(), "ended its goroutine")
	})
}

// Guarantee(stop): A child that ignores a stop is abandoned at its deadline and reported, and its replacement starts.
func TestHungChildIsAbandonedAndReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d tracelog.Log
		sys := quiet()
		crash, release := make(chan error), make(chan struct{})
		hung := supervise.Go("hung", func(context.Context) error { <-release; return nil })
		hung.Shutdown = 3 * time.Second
		start(t, sys, supervise.Policy{Strategy: supervise.OneForAll}, noted(&d, "a", crash), hung)
		before, _ := sys.PIDAt("top/hung")
		began := time.Now()
		crash <- errCrash
		synctest.Wait()
		assert.Equal(t, "+a, !a", d.Take(), "the supervisor waits")
		pass(3 * time.Second)
		assert.Equal(t, "+a", d.Take())
		after, ok := sys.PIDAt("top/hung")
		require.True(t, ok)
		assert.Greater(t, after.Incarnation, before.Incarnation)
		assert.Equal(t, 3*time.Second, time.Since(began))

		var left *actor.CloseError
		require.ErrorAs(t, sys.Close(t.Context()), &left)
		assert.Equal(t, []actor.PID{before, after}, left.Running)
		close(release)
		synctest.Wait()
		assert.NoError(t, sys.Close(t.Context()), "they returned after all")
	})
}

func TestBrutalKillDoesNotAsk(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		cause := make(chan error, 1)
		c := supervise.Go("w", func(ctx context.Context) error { <-ctx.Done(); cause <- context.Cause(ctx); return nil })
		c.Shutdown = supervise.BrutalKill
		sup := start(t, sys, supervise.Policy{}, c)
		pid, _ := sys.PIDAt("top/w")
		down := sys.Watch(t.Context(), pid)
		require.NoError(t, sup.Stop(t.Context()))
		assert.ErrorIs(t, (<-down).Reason, actor.ErrKilled)
		assert.ErrorIs(t, <-cause, actor.ErrKilled)
		synctest.Wait() // until the abandoned goroutine has returned
	})
}

func TestInfinityWaits(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		c := supervise.Go("w", func(ctx context.Context) error { <-ctx.Done(); <-time.After(time.Hour); return nil })
		c.Shutdown = supervise.Infinity
		start(t, sys, supervise.Policy{}, c)
		began := time.Now()
		require.NoError(t, sys.Close(t.Context()))
		assert.Equal(t, time.Hour, time.Since(began))
	})
}

func TestStopKillsWhenItsContextEnds(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		slow := func(id string) supervise.ChildSpec {
			c := supervise.Go(id, func(ctx context.Context) error { <-ctx.Done(); <-time.After(time.Hour); return nil })
			c.Shutdown = supervise.Infinity
			return c
		}
		sup := start(t, sys, supervise.Policy{}, slow("a"), supervise.Child(supervise.Spec{Name: "s", Children: []supervise.ChildSpec{slow("b")}}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := sup.Stop(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		var left *actor.CloseError
		require.ErrorAs(t, err, &left)
		require.Len(t, left.Running, 2)
		assert.Equal(t, []string{"top/a", "top/s/b"}, []string{left.Running[0].Name, left.Running[1].Name})
		assert.Equal(t, time.Second+100*time.Millisecond, time.Since(began), "who was not asked has a moment")
		assert.ErrorIs(t, sup.Err(), actor.ErrKilled)
		pass(2 * time.Hour) // the abandoned goroutines return
	})
}

// A service's end means what its comment says.
func TestServiceEnds(t *testing.T) {
	tests := []struct {
		name      string
		end       error
		restarted bool
	}{
		{"nil is normal", nil, false},
		{"an error is a crash", errCrash, true},
		{"an error that wraps a normal end is normal", &actor.StartError{Err: actor.ErrShutdown}, false},
		{"a context's end without a stop is a crash", context.Canceled, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				var d tracelog.Log
				crash := make(chan error)
				c := noted(&d, "w", crash)
				c.Restart = supervise.Transient
				start(t, sys, supervise.Policy{}, c)
				d.Take()
				crash <- tt.end
				synctest.Wait()
				assert.Equal(t, map[bool]string{true: "!w, +w", false: "!w"}[tt.restarted], d.Take())
			})
		})
	}
}

func TestServiceReasonAtShutdown(t *testing.T) {
	tests := []struct {
		name string
		end  func(context.Context) error
		want error
	}{
		{"nil", func(context.Context) error { return nil }, actor.ErrShutdown},
		{"the context's error", func(ctx context.Context) error { return ctx.Err() }, actor.ErrShutdown},
		{"the cause", context.Cause, actor.ErrShutdown},
		{"the end of another context", func(context.Context) error { return context.DeadlineExceeded }, context.DeadlineExceeded},
		{"another error", func(context.Context) error { return errCrash }, errCrash},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				sup := start(t, sys, supervise.Policy{}, supervise.Go("w", func(ctx context.Context) error { <-ctx.Done(); return tt.end(ctx) }))
				pid, _ := sys.PIDAt("top/w")
				down := sys.Watch(t.Context(), pid)
				require.NoError(t, sup.TerminateChild(t.Context(), "w"))
				assert.Equal(t, tt.want, (<-down).Reason)
			})
		})
	}
}

func TestExitSignals(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		c := idle("w")
		c.Restart = supervise.Transient
		sup := start(t, sys, supervise.Policy{}, c)
		before, _ := sys.PIDAt("top/w")
		require.NoError(t, sys.Exit(before, errCrash))
		synctest.Wait()
		after, ok := sys.PIDAt("top/w")
		require.True(t, ok, "restarted after a crash")
		assert.NotEqual(t, before, after)
		require.NoError(t, sys.Exit(after, actor.ErrNormal))
		synctest.Wait()
		_, ok = sys.PIDAt("top/w")
		assert.False(t, ok, "done after a normal end")
		assert.ErrorIs(t, sys.Exit(sup.PID(), errCrash), actor.ErrNotParent)
	})
}
