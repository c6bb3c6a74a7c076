package procactor

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// twoSides is a page as its parent and its worker see it.
func twoSides(t *testing.T) (*begunPage, begunMark) {
	t.Helper()
	page, theirs := newBegunPage()
	if page == nil {
		t.Skip("this system shares no memory so")
	}
	t.Cleanup(page.close)
	mark, err := openBegun(inherited(t, theirs))
	require.NoError(t, err)
	require.NoError(t, theirs.Close())
	return page, mark
}

func TestBegunPage(t *testing.T) {
	t.Parallel()
	page, mark := twoSides(t)
	_, told := page.begun()
	assert.False(t, told, "nobody has written it")
	for _, end := range []uint64{0, 1, 42, 1 << 40, math.MaxUint64} {
		mark.note(end)
		got, told := page.begun()
		assert.True(t, told)
		assert.Equal(t, end, got)
	}
	mark.words[1].Store(^uint64(43)) // the worker died between the two
	_, told = page.begun()
	assert.False(t, told)
	mark.note(43)
	page.close()
	_, told = page.begun()
	assert.False(t, told, "it was given back")
	page.close()

	var none *begunPage
	_, told = none.begun()
	assert.False(t, told)
	none.close()
	begunMark{}.note(1)
}

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
