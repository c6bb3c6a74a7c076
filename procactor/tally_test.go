package procactor

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTally(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var tl tally
		now := time.Unix(1, 0)
		var passed []time.Time
		given, told := 0, 0
		for range rapid.IntRange(0, 100).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond)
			if due := tl.due(); !due.IsZero() && !due.After(now) {
				count, _ := tl.sum(now, false)
				require.Positive(t, count, "what is due is there")
				told += count
			}
			for range rapid.IntRange(0, 30).Draw(t, "burst") {
				given++
				if tl.pass(now, nil) {
					passed = append(passed, now)
				}
			}
		}
		count, _ := tl.sum(now, true)
		require.Equal(t, given, len(passed)+told+count, "each is told of, alone or in a sum")
		require.Zero(t, tl.due())
		for i := tallyMost; i < len(passed); i++ {
			require.GreaterOrEqual(t, passed[i].Sub(passed[i-tallyMost]), tallyPeriod, "within any second")
		}
	})
}

func TestTallyKeepsTheLastReason(t *testing.T) {
	t.Parallel()
	var tl tally
	now := time.Unix(1, 0)
	for i := range tallyMost {
		require.True(t, tl.pass(now, fmt.Errorf("%d", i)))
	}
	last := errors.New("last")
	require.False(t, tl.pass(now, errors.New("one")))
	require.False(t, tl.pass(now, last))
	count, err := tl.sum(now.Add(tallyPeriod-1), false)
	assert.Zero(t, count)
	require.NoError(t, err)
	count, err = tl.sum(now.Add(tallyPeriod), false)
	assert.Equal(t, 2, count)
	assert.Equal(t, last, err)
}
