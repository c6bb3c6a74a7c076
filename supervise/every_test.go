package supervise_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
)

// clock notes when it is called, in seconds since its begin.
type clock struct {
	tracelog.Log
	began time.Time
}

func newClock() *clock { return &clock{began: time.Now()} }

func (c *clock) run(ctx context.Context) error {
	tick, ok := supervise.TickOf(ctx)
	if !ok {
		return errCrash
	}
	line := fmt.Sprintf("%v for %v", time.Since(c.began), tick.Due.Sub(c.began))
	if tick.All > 0 {
		line += fmt.Sprintf(" missed %d of %d", tick.Missed, tick.All)
	}
	c.Note(line)
	return nil
}

func TestEveryInterval(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		c := newClock()
		sup := start(t, sys, supervise.Policy{}, supervise.Every("tick", supervise.Interval(10*time.Second), c.run))
		synctest.Wait()
		assert.Empty(t, c.Take())
		pass(35 * time.Second)
		assert.Equal(t, "10s for 10s, 20s for 20s, 30s for 30s", c.Take())
		require.NoError(t, sup.TerminateChild(t.Context(), "tick"))
		pass(time.Hour)
		assert.Empty(t, c.Take())
	})
}

func TestEveryAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		c := newClock()
		start(t, sys, supervise.Policy{}, supervise.Every("tick", supervise.Interval(time.Minute).AtOnce(), c.run))
		pass(61 * time.Second)
		assert.Equal(t, "0s for 0s, 1m0s for 1m0s", c.Take())
	})
}

// Guarantee(restarts): A periodic child never overlaps itself; times that pass while it runs are counted, and not made up for.
func TestEveryCountsWhatItMisses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		sys := actor.NewSystem(actor.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		c := newClock()
		takes := []time.Duration{0, 35 * time.Second, 0, 10 * time.Second, 20 * time.Second, 0}
		running := false
		run := func(ctx context.Context) error {
			assert.False(t, running)
			running = true
			defer func() { running = false }()
			err := c.run(ctx)
			if len(takes) > 0 {
				<-time.After(takes[0])
				takes = takes[1:]
			}
			return err
		}
		start(t, sys, supervise.Policy{}, supervise.Every("tick", supervise.Interval(10*time.Second), run))
		pass(111 * time.Second)
		assert.Equal(t, "10s for 10s, 20s for 20s, 1m0s for 1m0s missed 3 of 3, 1m10s for 1m10s missed 0 of 3, "+
			"1m20s for 1m20s missed 0 of 3, 1m40s for 1m40s missed 1 of 4, 1m50s for 1m50s missed 0 of 4", c.Take())
		require.NoError(t, sys.Close(t.Context()))
		assert.Contains(t, log.String(), `level=WARN msg="times of the schedule were missed" supervisor=top child=tick missed=3 missed_in_all=3`)
	})
}

func TestEveryByAFunction(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		c := newClock()
		left := 5
		doubling := supervise.Times(func(last time.Time) time.Time {
			if left--; left < 0 {
				return time.Time{}
			}
			return last.Add(max(time.Second, last.Sub(c.began)))
		})
		run := func(ctx context.Context) error {
			err := c.run(ctx)
			if time.Since(c.began) == 2*time.Second {
				<-time.After(3 * time.Second)
			}
			return err
		}
		child := supervise.Every("tick", doubling, run)
		child.Restart = supervise.Transient
		sup := start(t, sys, supervise.Policy{}, child)
		pass(time.Hour)
		assert.Equal(t, "1s for 1s, 2s for 2s, 8s for 8s missed 1 of 1, 16s for 16s missed 0 of 1", c.Take())
		assert.Equal(t, "tick stopped", phases(snapshot(t, sup)), "there are no more times")
	})
}

// Guarantee(restarts): A run of a periodic child that fails or panics is a crash of that child, and its supervisor decides what follows.
func TestEveryCrashes(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		c := newClock()
		n := 0
		run := func(ctx context.Context) error {
			n++
			switch n {
			case 1:
				return errCrash
			case 2:
				panic(errCrash)
			}
			return c.run(ctx)
		}
		sup := start(t, sys, supervise.Policy{Intensity: 2, Period: time.Hour}, supervise.Every("tick", supervise.Interval(time.Second), run))
		pass(3*time.Second + 1)
		assert.Equal(t, "3s for 3s", c.Take())
		assert.Equal(t, 2, snapshot(t, sup).Children[0].Restarts)

		back := supervise.Every("back", supervise.Times(func(last time.Time) time.Time { return last }), run)
		_, err := sup.StartChild(t.Context(), back)
		require.NoError(t, err)
		<-sup.Done()
		var gaveUp *supervise.IntensityError
		require.ErrorAs(t, sup.Err(), &gaveUp)
		assert.Equal(t, "back", gaveUp.Deaths[2].Child)
		assert.ErrorContains(t, gaveUp.Deaths[2].Reason, "not after its last")
	})
}

func TestEveryJitter(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		began := time.Now()
		var late []time.Duration
		run := func(ctx context.Context) error {
			tick, _ := supervise.TickOf(ctx)
			late = append(late, time.Since(tick.Due))
			assert.Equal(t, time.Duration(len(late))*time.Minute, tick.Due.Sub(began))
			assert.Zero(t, tick.All)
			return nil
		}
		start(t, sys, supervise.Policy{}, supervise.Every("tick", supervise.Interval(time.Minute).Jitter(10*time.Second), run))
		pass(100*time.Minute + 10*time.Second)
		require.Len(t, late, 100)
		seen := map[time.Duration]bool{}
		for _, d := range late {
			assert.GreaterOrEqual(t, d, time.Duration(0))
			assert.Less(t, d, 10*time.Second)
			seen[d] = true
		}
		assert.Greater(t, len(seen), 50, "it is random")
		assert.Less(t, slices.Min(late), 2*time.Second, "by all of the jitter")
		assert.Greater(t, slices.Max(late), 8*time.Second)
	})
}

func TestEveryRefusesWhatCannotBe(t *testing.T) {
	tests := map[string]supervise.Schedule{
		"Schedule has an interval of 0s":                     {},
		"Schedule has an interval of -1s":                    supervise.Interval(-time.Second),
		"Schedule has a jitter of -1ns":                      supervise.Interval(time.Second).Jitter(-1),
		"Schedule has a jitter of 2s in an interval of 1s; ": supervise.Interval(time.Second).Jitter(2 * time.Second),
	}
	for want, schedule := range tests {
		t.Run(want, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				child := supervise.Every("tick", schedule, func(context.Context) error { return nil })
				_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{child}})
				var wrong *supervise.SpecError
				require.ErrorAs(t, err, &wrong)
				assert.ErrorContains(t, wrong, want)
			})
		})
	}
}

// A day that is asked for later than by its own time is not lost in a loop.
func TestEveryThatWasAwayForLong(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		c := newClock()
		first := true
		run := func(ctx context.Context) error {
			if first {
				first = false
				<-time.After(1000 * time.Hour)
			}
			return c.run(ctx)
		}
		fine := supervise.Times(func(last time.Time) time.Time { return last.Add(time.Millisecond) })
		start(t, sys, supervise.Policy{}, supervise.Every("tick", fine, run))
		pass(1000*time.Hour + 2*time.Millisecond)
		assert.Contains(t, c.Take(), "1000h0m0.001s for 1ms, ")
	})
}

// The longest wait and a random part of more is not a wait of no time.
func TestEveryFarAhead(t *testing.T) {
	far := func(time.Time) time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }
	for _, s := range []supervise.Schedule{supervise.Interval(math.MaxInt64), supervise.Times(far)} {
		bubble(t, func(t *testing.T, sys *actor.System) {
			calls := 0
			start(t, sys, supervise.Policy{}, supervise.Every("tick", s.Jitter(time.Hour), func(context.Context) error {
				calls++
				return errCrash // so that it comes to an end
			}))
			pass(24 * time.Hour)
			assert.Zero(t, calls)
		})
	}
}
