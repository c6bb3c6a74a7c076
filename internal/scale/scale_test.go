package scale

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRounds(t *testing.T) {
	for _, tt := range []struct{ factor, small, whole, want int }{
		{1, 200, 3838, 200},
		{2, 200, 3838, 400},
		{19, 200, 3838, 3800},
		{20, 200, 3838, 3838},
		{math.MaxInt, 200, 3838, 3838},
		{1, 5, 5, 5},
		{1, 9, 5, 5},
		{3, 2, 5, 5},
		{2, 2, 5, 4},
	} {
		assert.Equal(t, tt.want, rounds(tt.factor, tt.small, tt.whole), "%v", tt)
	}
}

func TestScaleOfTheEnvironment(t *testing.T) {
	for text, want := range map[string]int{"": 2, "1": 2, "3": 6, "1000000": 10} {
		t.Setenv(Variable, text)
		assert.Equal(t, want, Rounds(t, 2, 10), "%q", text)
	}
	for _, text := range []string{"0", "-1", "1.5", "whole", " 1"} {
		_, err := parse(text)
		assert.ErrorContains(t, err, Variable, "%q", text)
	}
}

// Each is drawn at times, none twice, and they keep their order.
func TestSample(t *testing.T) {
	all, drawn := []int{0, 1, 2, 3, 4, 5, 6}, map[int]int{}
	for seed := range uint64(200) {
		some := sample(seed, 3, all)
		require.Len(t, some, 3)
		assert.True(t, slices.IsSorted(some), "%v", some)
		assert.Len(t, slices.Compact(slices.Clone(some)), 3, "%v", some)
		for _, v := range some {
			drawn[v]++
		}
	}
	assert.Len(t, drawn, len(all))
	assert.Equal(t, all, sample(1, len(all), all))
	assert.Empty(t, sample(1, 0, all))
}

func TestSampleOfTheEnvironment(t *testing.T) {
	t.Setenv(Variable, "1000")
	all := []int{1, 2, 3}
	assert.Equal(t, all, Sample(t, 1, all))
	t.Setenv(Variable, "")
	assert.Len(t, Sample(t, 1, all), 1)
}
