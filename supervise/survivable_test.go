package supervise_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
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

// Guarantee(restarts): A run of a periodic child that fails survivably is an event and one record of the log; the child goes on at its next time, without a restart.
func TestSurvivableRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		withoutTime := func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
		handler := slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: withoutTime})
		sys := actor.NewSystem(actor.WithLogger(slog.New(recordtest.Checked(t, handler))))
		c := newClock()
		run := func(ctx context.Context) error {
			require.NoError(t, c.run(ctx))
			if time.Since(c.began) > 25*time.Second {
				return supervise.Survivable(nil)
			}
			return supervise.Survivable(errCrash)
		}
		tick := supervise.Every("tick", supervise.Interval(10*time.Second), run)
		inner := supervise.Child(supervise.Spec{Name: "s", Policy: supervise.Policy{Intensity: supervise.NoRestarts}, Children: []supervise.ChildSpec{tick}})
		sup := start(t, sys, supervise.Policy{}, inner)
		var seen tracelog.Log
		ended := follow(&seen, sup.Events(t.Context()))
		pid := snapshot(t, sup).Children[0].Supervisor.Children[0].PID
		pass(35 * time.Second)
		assert.Equal(t, "10s for 10s, 20s for 20s, 30s for 30s", c.Take())
		assert.Equal(t, "top/s/tick run_failed: crash, top/s/tick run_failed: crash", seen.Take())
		below := snapshot(t, sup).Children[0].Supervisor
		assert.Equal(t, pid, below.Children[0].PID, "it is the same life")
		assert.Zero(t, below.Children[0].Restarts)
		assert.Zero(t, below.Used)
		require.NoError(t, sys.Close(t.Context()))
		<-ended
		record := fmt.Sprintf("level=WARN msg=\"run of a child failed\" supervisor=top/s child=tick reason=crash pid=%v\n", pid)
		assert.Equal(t, strings.Repeat(record, 2), log.String())
	})
}

// A run at once may have failed before its supervisor knows that the child is up.
func TestSurvivableRunAtOnceIsToldAfterTheStart(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{})
		events := sup.Events(t.Context())
		w := supervise.Every("w", supervise.Interval(time.Hour).AtOnce(), func(context.Context) error { return supervise.Survivable(errCrash) })
		begin := w.Start
		w.Start = func(ctx context.Context, at *actor.Slot) error {
			err := begin(ctx, at)
			synctest.Wait() // until the run waits to be told
			return err
		}
		pid, err := sup.StartChild(t.Context(), w)
		require.NoError(t, err)
		require.NoError(t, sup.Stop(t.Context()))
		var kinds []string
		for e := range events {
			kinds = append(kinds, e.Kind.String())
			if e.Kind == supervise.EventRunFailed {
				assert.Equal(t, pid, e.PID)
			}
		}
		assert.Equal(t, []string{"started", "run_failed", "stopped", "ended"}, kinds)
	})
}

func TestSurvivableRunsOfInstances(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		w := supervise.Every("w", supervise.Interval(time.Second), func(context.Context) error { return supervise.Survivable(errCrash) })
		sup := start(t, sys, supervise.Policy{Strategy: supervise.SimpleOneForOne}, w)
		var seen tracelog.Log
		_, err := sup.StartInstance(t.Context(), nil)
		require.NoError(t, err)
		ended := follow(&seen, sup.Events(t.Context()))
		pass(time.Second)
		assert.Equal(t, "top/w#1 run_failed: crash", seen.Take())
		require.NoError(t, sup.Stop(t.Context()))
		<-ended
	})
}

// What is survivable of a run is a crash where no other run would come, in
// another error, and of another child.
func TestWhatIsNotSurvived(t *testing.T) {
	closed := fmt.Errorf("cannot begin: %w", actor.ErrClosed)
	every := func(run func(context.Context) error) supervise.ChildSpec {
		return supervise.Every("w", supervise.Interval(time.Second), run)
	}
	survivable := func(context.Context) error { return supervise.Survivable(errCrash) }
	for name, test := range map[string]struct {
		child supervise.ChildSpec
		want  string
	}{
		"closed":                  {every(func(context.Context) error { return supervise.Survivable(closed) }), "top/w exited, stop: cannot begin: the system is closed"},
		"wrapped":                 {every(func(ctx context.Context) error { return fmt.Errorf("run: %w", survivable(ctx)) }), "top/w exited, stop: run: crash"},
		"panic":                   {every(func(context.Context) error { panic(supervise.Survivable(errCrash)) }), "top/w exited, stop: panic: crash"},
		"Go":                      {supervise.Go("w", func(ctx context.Context) error { <-time.After(time.Second); return survivable(ctx) }), "top/w exited, stop: crash"},
		"stopped":                 {every(func(ctx context.Context) error { <-ctx.Done(); return survivable(ctx) }), "top/w stopped: crash"},
		"asked to stop, and well": {every(func(ctx context.Context) error { <-ctx.Done(); return supervise.Survivable(ctx.Err()) }), "top/w stopped: shutdown"},
		"abandoned":               {every(func(ctx context.Context) error { <-ctx.Done(); <-time.After(time.Hour); return survivable(ctx) }), "top/w stopped: killed"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				test.child.Restart = supervise.Temporary
				sup := start(t, sys, supervise.Policy{}, test.child)
				var seen tracelog.Log
				ended := follow(&seen, sup.Events(t.Context()))
				pass(time.Second)
				_ = sup.TerminateChild(t.Context(), "w")
				pass(2 * time.Hour)
				assert.Equal(t, test.want, seen.Take())
				require.NoError(t, sup.Stop(t.Context()))
				<-ended
			})
		})
	}
}

// An Every in a slot that is no supervisor's has its record all the same.
func TestSurvivableRunWithoutASupervisor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		sys := actor.NewSystem(actor.WithLogger(slog.New(recordtest.Checked(t, slog.NewTextHandler(&log, nil)))))
		slot := actor.NewSlot(sys, "nobody/w", func(actor.Down) {})
		runs := 0
		w := supervise.Every("w", supervise.Interval(time.Second), func(context.Context) error { runs++; return supervise.Survivable(errCrash) })
		require.NoError(t, w.Start(t.Context(), slot))
		pass(2 * time.Second)
		assert.Equal(t, 2, runs)
		slot.Stop(actor.ErrShutdown)
		synctest.Wait()
		require.NoError(t, sys.Close(t.Context()))
		assert.Equal(t, 2, strings.Count(log.String(), `level=WARN msg="run of a child failed" supervisor=nobody child=w reason=crash pid=nobody/w@`), log.String())
	})
}
