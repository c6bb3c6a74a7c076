package procactor

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A worker is believed only when it is dead, kept to the protocol, and claims no
// more than it was sent; otherwise what was read counts.
func TestWhenAWorkerIsBelieved(t *testing.T) {
	t.Parallel()
	const sent, read, begun = 1000, 900, 100
	for _, c := range []struct {
		name   string
		claims uint64
		fit    bool
		want   uint64
	}{
		{"as it says", begun, true, begun},
		{"all that it has read", read, true, read},
		{"more than it has read", sent, true, read},
		{"more than it was sent", sent + 1, true, read},
		{"it broke the protocol", begun, false, read},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, reachedOf(sent, read, c.claims, c.fit))
		})
	}
	lives := &workerLife{exited: make(chan struct{})}
	assert.Equal(t, uint64(math.MaxUint64-1), lives.reached(true), "it may live")
}
