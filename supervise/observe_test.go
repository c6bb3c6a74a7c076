package supervise_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
)

// follow reads events into a tracelog.Log until they end, which closes the channel.
func follow(d *tracelog.Log, events iter.Seq[supervise.Event]) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for e := range events {
			d.Note(e.String())
		}
	}()
	return ended
}

// Guarantee(blind): Every decision of a supervisor, and of all supervisors beneath it, is an event with its reason; its readers outlive restarts.
func TestEventsOfATree(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d, seen tracelog.Log
		crash := make(chan error)
		inner := supervise.Child(supervise.Spec{
			Name: "s", Policy: supervise.Policy{Strategy: supervise.RestForOne, Intensity: 1},
			Children: []supervise.ChildSpec{noted(&d, "x", crash), noted(&d, "y", nil)},
		})
		sup := start(t, sys, supervise.Policy{}, inner)
		ended := follow(&seen, sup.Events(t.Context()))
		var below tracelog.Log
		endedBelow := follow(&below, supervise.SupervisorAt(sys, "top/s").Events(t.Context()))

		crash <- errCrash
		synctest.Wait()
		first := "top/s/x exited, restart: crash, top/s/x restart 1 of 1 within 5s: crash, top/s/y stopped: shutdown: context canceled, top/s/x started, top/s/y started"
		first = strings.ReplaceAll(first, "shutdown: context canceled", "shutdown")
		assert.Equal(t, first, seen.Take())
		assert.Equal(t, first, below.Take())

		crash <- errCrash
		synctest.Wait()
		gaveUp := "gave up at death 2 within 5s (restarts allowed: 1): x: crash; x: crash"
		second := "top/s/x exited, stop: crash, top/s/x gave_up: " + gaveUp + ", top/s/y stopped: shutdown, top/s ended: " + gaveUp
		third := "top/s exited, restart: " + gaveUp + ", top/s restart 1 of 1 within 5s: " + gaveUp
		again := "top/s/x started, top/s/y started, top/s up"
		assert.Equal(t, strings.Join([]string{second, third, again, "top/s started"}, ", "), seen.Take())
		assert.Equal(t, second+", "+again, below.Take(), "the reader outlives the restart")

		require.NoError(t, sup.Stop(t.Context()))
		<-ended
		<-endedBelow
		assert.Equal(t, "top/s/y stopped: shutdown, top/s/x stopped: shutdown, top/s ended: shutdown, top/s stopped: shutdown, top ended: shutdown", seen.Take())
	})
}

func TestEventsEnd(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{}, idle("a"))
		ctx, cancel := context.WithCancel(t.Context())
		var d tracelog.Log
		ended := follow(&d, sup.Events(ctx))
		synctest.Wait()
		cancel()
		<-ended
		assert.Empty(t, d.Take())

		events := sup.Events(t.Context())
		require.NoError(t, sup.TerminateChild(t.Context(), "a"))
		for e := range events {
			assert.Equal(t, supervise.EventStopped, e.Kind)
			assert.Equal(t, "top/a", e.PID.Name)
			break
		}
		for range events {
			assert.Fail(t, "it was left")
		}
		for range supervise.SupervisorAt(sys, "nowhere").Events(t.Context()) {
			assert.Fail(t, "nobody is there")
		}
	})
}

// Guarantee(blind): A reader of events that falls behind never holds up a supervisor; it is told how many events it has lost.
func TestSlowReaderOfEvents(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup := start(t, sys, supervise.Policy{}, idle("a"))
		events := sup.Events(t.Context())
		const rounds = 1000
		for range rounds {
			require.NoError(t, sup.TerminateChild(t.Context(), "a"))
			_, err := sup.RestartChild(t.Context(), "a")
			require.NoError(t, err)
		}
		next, stop := iter.Pull(events)
		defer stop()
		read := 0
		for {
			e, ok := next()
			require.True(t, ok)
			if e.Kind == supervise.EventLost {
				assert.Equal(t, 2*rounds, read+e.Lost)
				assert.Positive(t, read)
				break
			}
			read++
		}
		require.NoError(t, sup.TerminateChild(t.Context(), "a"))
		e, ok := next()
		assert.True(t, ok)
		assert.Equal(t, supervise.EventStopped, e.Kind, "and it goes on")
	})
}

// phases lists a snapshot as "id phase", nested ones in brackets.
func phases(s supervise.Snapshot) string {
	var list []string
	for _, c := range s.Children {
		line := fmt.Sprintf("%s %s", c.ID, c.Phase)
		if c.Supervisor != nil {
			line += " [" + phases(*c.Supervisor) + "]"
		}
		list = append(list, line)
	}
	return strings.Join(list, ", ")
}

func snapshot(t *testing.T, sup *supervise.Supervisor) supervise.Snapshot {
	t.Helper()
	s, err := sup.Snapshot(t.Context())
	require.NoError(t, err)
	return s
}

// Those that failed together do not come back together.
func TestDelaysAreRandom(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		const many = 100
		var children []supervise.ChildSpec
		for n := range many {
			c := idle(fmt.Sprint("c", n))
			c.Backoff = supervise.Backoff{Initial: time.Hour}
			children = append(children, c)
		}
		sup := start(t, sys, supervise.Policy{Intensity: 2 * many}, children...)
		for range 2 { // the first restart is at once
			for n := range many {
				pid, ok := sys.PIDAt(fmt.Sprint("top/c", n))
				require.True(t, ok)
				require.NoError(t, sys.Exit(pid, errCrash))
			}
			synctest.Wait()
		}
		delays := map[time.Duration]bool{}
		for _, c := range snapshot(t, sup).Children {
			require.Equal(t, supervise.PhaseRestarting, c.Phase, c.ID)
			d := time.Until(c.NextTry)
			assert.GreaterOrEqual(t, d, time.Duration(0))
			assert.Less(t, d, time.Hour)
			delays[d] = true
		}
		assert.Greater(t, len(delays), many/2)
	})
}

func TestSnapshotOfATree(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var d tracelog.Log
		crash := make(chan error)
		x := noted(&d, "x", crash)
		x.Backoff = supervise.Backoff{Initial: time.Minute, Exact: true}
		inner := supervise.Child(supervise.Spec{
			Name: "s", Policy: supervise.Policy{Strategy: supervise.RestForOne, Intensity: 3, Period: time.Hour},
			Children: []supervise.ChildSpec{x, noted(&d, "y", nil)},
		})
		began := time.Now()
		sup := start(t, sys, supervise.Policy{}, inner, idle("b"))
		for range 2 { // the first restart does not wait
			crash <- errCrash
			synctest.Wait()
			pass(time.Second)
		}
		s := snapshot(t, sup)
		assert.Equal(t, "s running [x restarting, y waiting], b running", phases(s))
		assert.Equal(t, supervise.PhaseRunning, s.Phase)
		assert.Equal(t, sup.PID(), s.PID)
		assert.True(t, s.Since.Equal(began))
		s = *s.Children[0].Supervisor
		assert.Equal(t, "top/s", s.Path)
		assert.Equal(t, 2, s.Used)
		assert.Equal(t, supervise.PolicySnapshot{Strategy: supervise.RestForOne, Intensity: 3, Period: time.Hour}, s.Policy)
		down := s.Children[0]
		assert.Equal(t, "crash", down.LastReason)
		assert.True(t, down.LastExit.Equal(began.Add(time.Second)))
		assert.True(t, down.NextTry.Equal(began.Add(time.Second+time.Minute)))
		assert.Zero(t, down.PID)
		assert.Equal(t, 1, down.Restarts)

		pass(time.Minute)
		up := snapshot(t, sup).Children[0].Supervisor.Children[0]
		assert.Equal(t, supervise.PhaseRunning, up.Phase)
		assert.Equal(t, 2, up.Restarts)
		assert.Equal(t, "crash", up.LastReason)
		assert.True(t, up.NextTry.IsZero())
		assert.Equal(t, "top/s/x", up.PID.Name)
	})
}

func TestSnapshotAsData(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		inner := supervise.Spec{Name: "s", Children: []supervise.ChildSpec{idle("x")}}
		sup := start(t, sys, supervise.Policy{Intensity: 7}, supervise.Child(inner))
		require.NoError(t, supervise.SupervisorAt(sys, "top/s").TerminateChild(t.Context(), "x"))
		s := snapshot(t, sup)
		text, err := json.Marshal(s)
		require.NoError(t, err)
		var back supervise.Snapshot
		require.NoError(t, json.Unmarshal(text, &back))
		again, err := json.Marshal(back)
		require.NoError(t, err)
		assert.JSONEq(t, string(text), string(again))
		assert.Equal(t, s.Children[0].PID, back.Children[0].PID)
		assert.Contains(t, string(text), `"period":"5s"`)
		assert.Contains(t, string(text), `"strategy":"one_for_one"`)
		assert.Equal(t, fmt.Sprintf(`top: running, one_for_one, 0 of 7 restarts within 5s
  s: running, life %d, one_for_one, 0 of 1 restarts within 5s
    x: stopped, last: shutdown
`, s.Children[0].PID.Incarnation), s.String())
		assert.Error(t, json.Unmarshal([]byte(`{"policy":{"period":"soon"}}`), &back))
	})
}

// What is booting is shown, and what is not there is an error.
func TestSnapshotOfABoot(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		gate := make(chan struct{})
		slow := custom("slow", func(ctx context.Context, at *actor.Slot) error {
			<-gate
			return idle("slow").Start(ctx, at)
		})
		up := make(chan struct{})
		go func() {
			defer close(up)
			_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{idle("a"), slow, idle("z")}})
			assert.NoError(t, err)
		}()
		synctest.Wait()
		top := supervise.SupervisorAt(sys, "top")
		s := snapshot(t, top)
		assert.Equal(t, "a running, slow starting, z waiting", phases(s))
		assert.Equal(t, supervise.PhaseStarting, s.Phase)
		close(gate)
		<-up
		assert.Equal(t, "a running, slow running, z running", phases(snapshot(t, top)))
		_, err := supervise.SupervisorAt(sys, "nobody").Snapshot(t.Context())
		require.ErrorIs(t, err, actor.ErrNoActor)
		_, err = supervise.SupervisorAt(sys, "top/a").Snapshot(t.Context())
		require.ErrorIs(t, err, actor.ErrType)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = top.Snapshot(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, top.Stop(t.Context()))
		_, err = top.Snapshot(t.Context())
		require.ErrorIs(t, err, actor.ErrNoActor)
	})
}

// Guarantee(stop): A supervisor stays responsive while a child hangs in its stop: it shows the child's state, reports events, drops requests whose callers have gone, and can be killed.
func TestSupervisorIsNeverDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := quiet()
		hold := make(chan struct{})
		endless := supervise.Go("endless", func(context.Context) error { <-hold; return nil })
		endless.Shutdown = supervise.Infinity
		sup := start(t, sys, supervise.Policy{}, idle("a"), endless, idle("b"))
		var seen tracelog.Log
		ended := follow(&seen, sup.Events(t.Context()))

		stopped := make(chan error, 1)
		go func() { stopped <- sup.TerminateChild(t.Context(), "endless") }()
		synctest.Wait()
		assert.Equal(t, "a running, endless stopping, b running", phases(snapshot(t, sup)))

		ctx, cancel := context.WithCancel(t.Context())
		waiting := make(chan error, 1)
		go func() { waiting <- sup.TerminateChild(ctx, "a") }()
		synctest.Wait()
		assert.Equal(t, 1, snapshot(t, sup).Waiting)
		cancel()
		require.ErrorIs(t, <-waiting, context.Canceled)
		assert.Zero(t, snapshot(t, sup).Waiting)
		assert.Equal(t, "a running, endless stopping, b running", phases(snapshot(t, sup)))
		assert.Empty(t, seen.Take(), "nothing has come of the request")

		kill, now := context.WithCancel(t.Context())
		now()
		require.ErrorIs(t, sup.Stop(kill), context.Canceled)
		<-ended
		var left *actor.CloseError
		require.ErrorAs(t, <-stopped, &left, "it is, as was asked for, but runs on")
		assert.Equal(t, "top/endless", left.Running[0].Name)
		assert.Equal(t, "top/endless stopped: killed, top/b stopped: killed, top/a stopped: killed, top ended: killed", seen.Take())
		require.ErrorIs(t, sup.Err(), actor.ErrKilled)

		require.ErrorAs(t, sys.Close(t.Context()), &left)
		require.Len(t, left.Running, 1)
		assert.Equal(t, "top/endless", left.Running[0].Name)
		close(hold)
		synctest.Wait()
	})
}
