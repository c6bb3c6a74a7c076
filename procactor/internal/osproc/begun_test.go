package osproc

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// twoSides is a page as its parent and its worker see it.
func twoSides(t *testing.T) (*BegunPage, BegunMark) {
	t.Helper()
	page, theirs := newBegunPage()
	if page == nil {
		t.Skip("this system shares no memory so")
	}
	t.Cleanup(page.Close)
	mark, err := OpenBegun(asInherited(t, theirs))
	require.NoError(t, err)
	require.NoError(t, theirs.Close())
	return page, mark
}

func TestBegunPage(t *testing.T) {
	t.Parallel()
	page, mark := twoSides(t)
	_, told := page.Begun()
	assert.False(t, told, "nobody has written it")
	for _, end := range []uint64{0, 1, 42, 1 << 40, math.MaxUint64} {
		mark.Note(end)
		got, told := page.Begun()
		assert.True(t, told)
		assert.Equal(t, end, got)
	}
	mark.words[1].Store(^uint64(43)) // the worker died between the two
	_, told = page.Begun()
	assert.False(t, told)
	mark.Note(43)
	page.Close()
	_, told = page.Begun()
	assert.False(t, told, "it was given back")
	page.Close()

	var none *BegunPage
	_, told = none.Begun()
	assert.False(t, told)
	none.Close()
	BegunMark{}.Note(1)
}
