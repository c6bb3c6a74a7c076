package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

func TestClaims(t *testing.T) {
	t.Parallel()
	killed := actor.PID{Name: "pool#1", Incarnation: 7}
	dying, lives := actor.PID{Name: "pool#1", Incarnation: 8}, actor.PID{Name: "pool#1", Incarnation: 9}
	at := time.Unix(1000, 0)
	killings := map[actor.PID]killing{killed: {ended: at}, dying: {}}
	killOf := func(pid actor.PID) (killing, bool) { k, ok := killings[pid]; return k, ok }
	ended := func(pid actor.PID, d actor.Delivery, err error) error {
		return &actor.CallError{Op: "call", PID: pid, Delivery: d, Err: err}
	}
	exit := &procactor.ExitError{Code: 3}
	single, again := &nature{}, &nature{again: true}
	left, cast, poison := &nature{canceled: true}, &nature{cast: true}, &nature{again: true, poisonous: true}
	for name, c := range map[string]struct {
		nature *nature
		made   time.Time
		end    error
		wrong  string // part of what is found
		runs   []int  // that fit, of 0 to 4
	}{
		"answered":                         {nature: single, runs: []int{1}},
		"answered, idempotent":             {nature: again, runs: []int{1, 2, 3}},
		"accepted cast":                    {nature: cast, runs: []int{0, 1}},
		"poison that is answered":          {nature: poison, wrong: "ended well"},
		"given up, and answered":           {nature: left, wrong: "ended well"},
		"no CallError":                     {nature: single, end: exit, wrong: "ended with *procactor.ExitError"},
		"a pool that gave up":              {nature: single, end: ended(killed, actor.NotSent, actor.ErrNoActor), wrong: "has given up"},
		"not started, nobody's wish":       {nature: single, end: ended(killed, actor.NotStarted, exit), wrong: "did not start"},
		"given up before it started":       {nature: left, end: ended(killed, actor.NotStarted, context.Canceled), runs: []int{0}},
		"given up, late":                   {nature: left, end: ended(killed, actor.NotStarted, context.DeadlineExceeded), wrong: "ended with"},
		"given up while it ran":            {nature: left, end: ended(killed, actor.Unknown, context.Canceled), runs: []int{0, 1}},
		"given up in its task":             {nature: left, end: ended(killed, actor.Done, context.Canceled), runs: []int{1}},
		"unknown, of a death":              {nature: single, made: at.Add(-1), end: ended(killed, actor.Unknown, exit), runs: []int{0, 1}},
		"unknown, idempotent":              {nature: again, made: at.Add(1), end: ended(killed, actor.Unknown, exit), runs: []int{0, 1, 2, 3}},
		"unknown, of a worker dead before": {nature: single, made: at.Add(1), end: ended(killed, actor.Unknown, exit), wrong: "had ended"},
		"unknown, of a worker that dies":   {nature: single, made: at.Add(1), end: ended(dying, actor.Unknown, exit), runs: []int{0, 1}},
		"unknown, of a worker recycled":    {nature: single, made: at, end: ended(lives, actor.Unknown, exit), wrong: "nobody has killed"},
		"unknown, of nothing":              {nature: single, end: ended(killed, actor.Unknown, errors.New("why?")), wrong: "ended with"},
		"an error of the task":             {nature: single, end: ended(killed, actor.Done, errors.New("why?")), wrong: "ended with"},
		"poison": {
			nature: poison, runs: []int{0, 1, 2, 3},
			end: ended(killed, actor.Unknown, errors.Join(&procactor.PoisonError{Task: "t"}, exit)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := claimOf(c.nature, c.made, c.end, killOf)
			if c.wrong != "" {
				assert.ErrorContains(t, err, c.wrong)
				return
			}
			require.NoError(t, err)
			var fit []int
			for runs := range 5 {
				if got.check(runs) == nil {
					fit = append(fit, runs)
				}
			}
			assert.Equal(t, c.runs, fit)
		})
	}
}

func TestLedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger")
	assert.Error(t, begin(path, 1), "it is made by who reads it")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	for _, call := range []uint64{1, 2, 1 << 40, 1} {
		require.NoError(t, begin(path, call))
	}
	runs, err := begun(path)
	require.NoError(t, err)
	assert.Equal(t, map[uint64]int{1: 2, 2: 1, 1 << 40: 1}, runs)
	require.NoError(t, os.WriteFile(path, []byte("half"), 0o600))
	_, err = begun(path)
	assert.Error(t, err, "of a half entry")
}
