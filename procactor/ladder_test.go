package procactor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestStopLadder(t *testing.T) {
	t.Parallel()
	acts := func(rungs []rung) (a []stopAct) {
		for _, r := range rungs {
			a = append(a, r.act)
			assert.Positive(t, r.wait)
		}
		return a
	}
	polite := ladder(time.Minute, false, true)
	assert.Equal(t, []stopAct{actStop, actTerminate, actDump, actKill}, acts(polite))
	assert.Equal(t, time.Minute, polite[0].wait, "the grace is for the polite request")
	assert.Equal(t, []stopAct{actTerminate, actDump, actKill}, acts(ladder(time.Minute, true, true)))
	// Without signals nothing is waited for that nobody was asked to do.
	assert.Equal(t, []stopAct{actStop, actKill}, acts(ladder(time.Minute, false, false)))
	assert.Equal(t, []stopAct{actKill}, acts(ladder(time.Minute, true, false)))
}

func TestPulse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		silence, every time.Duration
		misses         uint64
	}{
		{30 * time.Second, 5 * time.Second, 6},
		{15 * time.Second, 5 * time.Second, 3},
		{31 * time.Second, 5 * time.Second, 7},
		{3 * time.Second, time.Second, 3},
		{time.Hour, 5 * time.Second, 720},
		{1, time.Millisecond, 1},
		{-1, 5 * time.Second, 0},
	}
	for _, tt := range tests {
		every, misses := pulse(tt.silence)
		assert.Equal(t, tt.every, every, "%v", tt.silence)
		assert.Equal(t, tt.misses, misses, "%v", tt.silence)
	}
}
