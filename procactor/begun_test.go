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
	mark, err := openBegun(asInherited(t, theirs))
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
