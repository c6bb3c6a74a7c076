package osproc

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A hostile worker must not have its parent die of a page that is shorter than
// it was.
func TestBegunPageCannotBeCut(t *testing.T) {
	t.Parallel()
	page, theirs := newBegunPage()
	require.NotNil(t, page)
	defer page.Close()
	defer theirs.Close() //nolint:errcheck // nothing was written by it
	require.ErrorIs(t, theirs.Truncate(0), unix.EPERM)
	require.ErrorIs(t, theirs.Truncate(1<<20), unix.EPERM)
	_, told := page.Begun()
	assert.False(t, told)
}
