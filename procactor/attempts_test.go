package procactor

import (
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// However its deliveries end, a request starts three times at most, and is
// called poison only if it is to blame for all three.
func TestTripEnds(t *testing.T) {
	ends := map[string]answer{
		"crash":       {err: &ExitError{Code: 2}, delivery: actor.Unknown, death: osproc.DeathCounted},
		"overdue":     {err: &ExitError{Code: -1, Killed: true, Why: ErrOverdue}, delivery: actor.Unknown, death: osproc.DeathOrdered},
		"not started": {err: &ExitError{Code: 2}, delivery: actor.NotStarted, death: osproc.DeathCounted},
		"link lost":   {err: link.ErrLost, delivery: actor.NotSent},
	}
	rapid.Check(t, func(t *rapid.T) {
		r := &request{info: wire.TaskInfo{Name: "task", Idempotent: true}, key: rapid.SampledFrom([]string{"", "key"}).Draw(t, "key")}
		c := &dispatcher{}
		var tr attempts
		started, lost, crashes := 0, 0, 0
		for {
			how := rapid.SampledFrom([]string{"crash", "overdue", "not started", "link lost"}).Draw(t, "end")
			switch how {
			case "crash":
				started++
				crashes++
			case "overdue":
				started++
			default:
				lost++
			}
			o := outcome{answer: ends[how]}
			if !tr.goesOn(r, o) {
				if started < 3 && lost <= maxLost {
					t.Fatalf("ended after %d starts and %d losses", started, lost)
				}
				return
			}
			if c.blame(r, &tr, o) != nil {
				if crashes != 3 {
					t.Fatalf("poison after %d crashes", crashes)
				}
				return
			}
			if started >= 3 || lost > maxLost {
				t.Fatalf("goes on after %d starts and %d losses", started, lost)
			}
		}
	})
}

func TestTripOfOneThatMayNotBeRepeated(t *testing.T) {
	var tr attempts
	r := &request{info: wire.TaskInfo{Name: "task"}}
	assert.True(t, tr.goesOn(r, outcome{answer: answer{err: &ExitError{Code: 2}, delivery: actor.NotStarted, death: osproc.DeathCounted}}))
	assert.False(t, tr.goesOn(r, outcome{answer: answer{err: &ExitError{Code: 2}, delivery: actor.Unknown, death: osproc.DeathCounted}}))
}

// What a death means decides whether a request that may have run in it is tried on
// another worker, and whether it is blamed.
func TestAttemptsAfterADeath(t *testing.T) {
	for means, want := range map[osproc.Death]struct{ again, blamed bool }{
		osproc.DeathNone:     {false, false},
		osproc.DeathCounted:  {true, true},
		osproc.DeathOrdered:  {true, false},
		osproc.DeathSilent:   {false, false}, // it may well be what silences workers
		osproc.DeathBreach:   {false, false},
		osproc.DeathOrphaned: {true, false},
		osproc.DeathDebugged: {true, false},
	} {
		r := &request{info: wire.TaskInfo{Name: "task", Idempotent: true}}
		a := answer{err: &ExitError{Code: 2}, delivery: actor.Unknown, death: means}
		assert.Equal(t, want.again, new(attempts).goesOn(r, outcome{answer: a}), "%d", means)
		assert.Equal(t, want.blamed, blamable(a), "%d", means)
	}
}
