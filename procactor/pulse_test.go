package procactor

import (
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
)

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
		{actor.Infinity, 5 * time.Second, 0},
	}
	for _, tt := range tests {
		every, misses := pingPlan(tt.silence)
		assert.Equal(t, tt.every, every, "%v", tt.silence)
		assert.Equal(t, tt.misses, misses, "%v", tt.silence)
	}
}
