package supervise_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
)

func TestRequests(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{}, idle("a"))
		ctx := t.Context()
		pid, err := sup.StartChild(ctx, idle("b"))
		require.NoError(t, err)
		assert.Equal(t, "top/b", pid.Name)

		again, err := sup.StartChild(ctx, idle("b"))
		require.ErrorIs(t, err, supervise.ErrAlreadyStarted)
		assert.Equal(t, pid, again)
		_, err = sup.StartChild(ctx, supervise.ChildSpec{ID: "c"})
		var wrong *supervise.SpecError
		require.ErrorAs(t, err, &wrong)
		assert.Equal(t, `supervise: child "c": Start is nil; use Actor, Go or Child, or write a StartFunc`, wrong.Error())
		_, err = sup.StartChild(ctx, custom("c", func(context.Context, *actor.Slot) error { return errCrash }))
		var failed *actor.StartError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, "top/c", failed.Name)

		_, err = sup.RestartChild(ctx, "b")
		require.ErrorIs(t, err, supervise.ErrRunning)
		require.ErrorIs(t, sup.DeleteChild(ctx, "b"), supervise.ErrRunning)
		require.NoError(t, sup.TerminateChild(ctx, "b"))
		_, err = sup.StartChild(ctx, idle("b"))
		require.ErrorIs(t, err, supervise.ErrAlreadyPresent)

		which, err := sup.WhichChildren(ctx)
		require.NoError(t, err)
		a, _ := sys.PIDAt("top/a")
		assert.Equal(t, []supervise.ChildInfo{{ID: "b"}, {ID: "a", State: supervise.Running, PID: a}}, which)
		counts, err := sup.CountChildren(ctx)
		require.NoError(t, err)
		assert.Equal(t, supervise.Counts{Specs: 2, Active: 1, Workers: 2}, counts)

		newer, err := sup.RestartChild(ctx, "b")
		require.NoError(t, err)
		assert.Greater(t, newer.Incarnation, pid.Incarnation)
		require.NoError(t, sup.TerminateChild(ctx, "b"))
		require.NoError(t, sup.DeleteChild(ctx, "b"))
		assert.ErrorIs(t, sup.TerminateChild(ctx, "b"), supervise.ErrNotFound)
	})
}

func TestRequestsToNobody(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{}, idle("a"))
		_, err := supervise.SupervisorAt(sys, "nowhere").CountChildren(t.Context())
		require.ErrorIs(t, err, actor.ErrNoActor)
		_, err = supervise.SupervisorAt(sys, "top/a").CountChildren(t.Context())
		require.ErrorIs(t, err, actor.ErrType)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		gate := make(chan struct{})
		go func() {
			_, _ = sup.StartChild(t.Context(), custom("slow", func(context.Context, *actor.Slot) error { <-gate; return errCrash }))
		}()
		synctest.Wait()
		_, err = sup.CountChildren(ended)
		require.ErrorIs(t, err, context.Canceled)
		close(gate)
		require.NoError(t, sup.Stop(t.Context()))
		_, err = sup.CountChildren(t.Context())
		assert.ErrorIs(t, err, actor.ErrNoActor)
	})
}

func TestRequestsThatWaitAreAnsweredAtTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		gate := make(chan struct{})
		sup := start(t, sys, supervise.Policy{}, supervise.Go("w", func(ctx context.Context) error {
			<-ctx.Done()
			<-gate
			return nil
		}))
		stopped := make(chan error, 1)
		go func() { stopped <- sup.Stop(t.Context()) }()
		synctest.Wait()
		asked := make(chan error, 1)
		go func() { _, err := sup.CountChildren(t.Context()); asked <- err }()
		synctest.Wait()
		close(gate)
		require.NoError(t, <-stopped)
		assert.ErrorIs(t, <-asked, actor.ErrNoActor)
	})
}

func TestNestedHandle(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		crash := make(chan error)
		var d tracelog.Log
		slow := make(chan struct{})
		first := true
		gate := custom("gate", func(ctx context.Context, at *actor.Slot) error {
			if !first {
				<-slow
			}
			first = false
			return idle("gate").Start(ctx, at)
		})
		inner := supervise.Child(supervise.Spec{
			Name: "s", Policy: supervise.Policy{Intensity: supervise.NoRestarts},
			Children: []supervise.ChildSpec{noted(&d, "x", crash), gate},
		})
		start(t, sys, supervise.Policy{}, inner)
		nested := supervise.SupervisorAt(sys, "top/s")
		assert.Equal(t, "top/s", nested.Path())
		require.NoError(t, nested.Err())
		require.ErrorIs(t, nested.Stop(t.Context()), actor.ErrNotParent)
		before, done := nested.PID(), nested.Done()

		crash <- errCrash
		synctest.Wait()
		<-done
		assert.Zero(t, nested.PID(), "not up again")
		<-nested.Done()
		require.ErrorIs(t, nested.Err(), actor.ErrNoActor)
		asked := make(chan supervise.Counts, 1)
		go func() {
			c, err := nested.CountChildren(t.Context())
			assert.NoError(t, err)
			asked <- c
		}()
		synctest.Wait()
		assert.Empty(t, asked, "waits for the next life")
		close(slow)
		assert.Equal(t, supervise.Counts{Specs: 2, Active: 2, Workers: 2}, <-asked)
		assert.Greater(t, nested.PID().Incarnation, before.Incarnation)
	})
}

func TestRequestToASupervisorThatDoesNotComeBack(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		crash := make(chan error)
		var d tracelog.Log
		first := true
		gate := custom("gate", func(ctx context.Context, at *actor.Slot) error {
			if !first {
				<-ctx.Done()
				return ctx.Err()
			}
			first = false
			return idle("gate").Start(ctx, at)
		})
		sup := start(t, sys, supervise.Policy{}, supervise.Child(supervise.Spec{
			Name: "s", Policy: supervise.Policy{Intensity: supervise.NoRestarts}, Children: []supervise.ChildSpec{noted(&d, "x", crash), gate},
		}))
		crash <- errCrash
		synctest.Wait()
		asked := make(chan error, 1)
		go func() { _, err := supervise.SupervisorAt(sys, "top/s").CountChildren(t.Context()); asked <- err }()
		synctest.Wait()
		require.Empty(t, asked)
		require.NoError(t, sup.Stop(t.Context()))
		assert.ErrorIs(t, <-asked, actor.ErrNoActor)
	})
}

func TestHandleOnNothing(t *testing.T) {
	nobody := supervise.SupervisorAt(quiet(), "nobody")
	assert.Zero(t, nobody.PID())
	<-nobody.Done()
	assert.ErrorIs(t, nobody.Err(), actor.ErrNoActor)
	assert.NoError(t, nobody.Stop(t.Context()))
}

func TestNewsAreLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		drop := func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
		sys := actor.NewSystem(actor.WithLogger(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: drop}))))
		fails := 0
		first := true
		w := custom("w", func(ctx context.Context, at *actor.Slot) error {
			if !first && fails < 1 {
				fails++
				return errCrash
			}
			first = false
			return supervise.Go("w", func(context.Context) error { return errCrash }).Start(ctx, at)
		})
		odd := supervise.Go("odd", func(ctx context.Context) error { <-ctx.Done(); return errCrash })
		sup := start(t, sys, supervise.Policy{Intensity: 2, Period: time.Minute}, odd, w)
		<-sup.Done()
		require.NoError(t, sys.Close(t.Context()))
		assert.Equal(t, `level=ERROR msg="child ended" supervisor=top child=w reason=crash pid=top/w@3 restart=true
level=INFO msg="child is restarted" supervisor=top child=w reason=crash used=1 allowed=2 period=1m0s
level=ERROR msg="child failed to start" supervisor=top child=w reason="start top/w: crash" restart=true
level=INFO msg="child is restarted" supervisor=top child=w reason="start top/w: crash" used=2 allowed=2 period=1m0s
level=ERROR msg="child ended" supervisor=top child=w reason=crash pid=top/w@4 restart=false
level=ERROR msg="supervisor gives up: too many restarts" supervisor=top child=w reason="gave up at death 3 within 1m0s (restarts allowed: 2): w: crash; w: start top/w: crash; w: crash" used=3 allowed=2 period=1m0s
level=WARN msg="child did not end as it was asked to" supervisor=top child=odd reason=crash pid=top/odd@2
`, b.String())
	})
}

// Guarantee(blind): Every decision of a supervisor is in the log, with its reason.
func TestEveryDecisionIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		drop := func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey, "pid", "supervisor":
				return slog.Attr{}
			}
			return a
		}
		log := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: drop}))
		sys := actor.NewSystem(actor.WithLogger(log))
		taken := func() string {
			synctest.Wait()
			defer b.Reset()
			return b.String()
		}
		ctx := t.Context()
		var d tracelog.Log
		crash, done := make(chan error), make(chan error)
		looping := noted(&d, "loop", crash)
		looping.MaxRestarts = supervise.Budget{Intensity: 1, Period: time.Hour}
		looping.Backoff = supervise.Backoff{Initial: time.Second, Exact: true}
		last := noted(&d, "last", done)
		last.Restart, last.Significant = supervise.Transient, true
		absent := custom("absent", func(context.Context, *actor.Slot) error { return supervise.ErrIgnore })
		failing := supervise.Go("rule", func(context.Context) error { return errCrash })
		failing.Restart = supervise.Temporary
		failing.Decider = supervise.Decider{{When: supervise.Match{Is: errCrash}, Do: supervise.DoStop}}
		sup := start(t, sys, supervise.Policy{Circuit: true, Intensity: 9, AutoShutdown: supervise.AnySignificant}, looping, last, absent)
		assert.Equal(t, `level=DEBUG msg="child is up" child=loop
level=DEBUG msg="child is up" child=last
level=DEBUG msg="child has nothing to start" child=absent
level=DEBUG msg="supervisor is up"
`, taken())
		crash <- errCrash
		assert.Equal(t, `level=ERROR msg="child ended" child=loop reason=crash restart=true
level=INFO msg="child is restarted" child=loop reason=crash used=1 allowed=9 period=5s
level=DEBUG msg="child is up" child=loop
`, taken())
		crash <- errCrash
		synctest.Wait()
		require.NoError(t, sup.ResumeChild(ctx, "loop"))
		assert.Equal(t, `level=ERROR msg="child ended" child=loop reason=crash restart=false
level=ERROR msg="child is left down: too many restarts" child=loop reason="gave up at death 2 within 1h0m0s (restarts allowed: 1 for loop alone): loop: crash; loop: crash" used=2 allowed=1 period=1h0m0s
level=INFO msg="child is resumed" child=loop
level=DEBUG msg="child is up" child=loop
`, taken())
		_, err := sup.StartChild(ctx, failing)
		require.NoError(t, err)
		assert.Equal(t, `level=DEBUG msg="child is up" child=rule
level=ERROR msg="child ended" child=rule reason=crash restart=false verdict=stop rule=1
`, taken())
		done <- nil
		assert.Equal(t, `level=DEBUG msg="child ended" child=last reason="normal end" restart=false
level=INFO msg="supervisor ends: a significant child has" child=last reason="auto shutdown: significant child last ended: normal end"
level=DEBUG msg="child is stopped" child=loop reason=shutdown
level=DEBUG msg="supervisor ended" reason="auto shutdown: significant child last ended: normal end"
`, taken())
		failing.Decider[0].Do, failing.Restart = supervise.DoEscalate, supervise.Permanent
		sup = start(t, sys, supervise.Policy{}, failing)
		<-sup.Done()
		assert.Contains(t, taken(), `level=ERROR msg="child ended" child=rule reason=crash restart=false verdict=escalate rule=1
level=ERROR msg="supervisor ends: a child's end is escalated" child=rule reason="escalated: child rule: crash"
level=DEBUG msg="supervisor ended" reason="escalated: child rule: crash"
`)
		_, err = supervise.Start(ctx, sys, supervise.Spec{Name: "no", Children: []supervise.ChildSpec{custom("f", func(context.Context, *actor.Slot) error { return errCrash })}})
		require.ErrorIs(t, err, errCrash)
		assert.Equal(t, `level=ERROR msg="child failed to start" child=f reason="start no/f: crash"
level=DEBUG msg="supervisor did not start" reason="start no/f: crash"
`, taken())
		require.NoError(t, sys.Close(ctx))
	})
}
