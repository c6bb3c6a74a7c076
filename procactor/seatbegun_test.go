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
	const sent, begun = 1000, 100
	for _, c := range []struct {
		name      string
		claims    uint64
		dead, fit bool
		want      uint64
	}{
		{"as it says", begun, true, true, begun},
		{"all of it", sent, true, true, sent},
		{"more than it was sent", sent + 1, true, true, sent},
		{"it broke the protocol", begun, true, false, sent},
		{"it may live", begun, false, true, math.MaxUint64 - 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			page, mark := twoSides(t)
			mark.note(c.claims)
			s := &seat{conn: newConn(joined{}, 0), child: spawned{begun: page}, exited: make(chan struct{})}
			s.conn.out.written = sent
			if c.dead {
				close(s.exited)
			}
			assert.Equal(t, c.want, s.reached(c.fit))
		})
	}
}
