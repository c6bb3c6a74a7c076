//go:build unix

package descriptors

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestInheritable(t *testing.T) {
	t.Parallel()
	file, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer file.Close() //nolint:errcheck // of a test
	marked := int(file.Fd())
	low, err := unix.Dup(marked) // dup(2) gives one without the flag
	require.NoError(t, err)
	high, err := unix.FcntlInt(uintptr(marked), unix.F_DUPFD, 900)
	require.NoError(t, err)
	defer func() { _, _ = unix.Close(low), unix.Close(high) }()

	found := Inheritable()
	assert.Contains(t, found, low)
	assert.Contains(t, found, high, "far from the others")
	assert.NotContains(t, found, marked)
	assert.NotContains(t, found, 1)
	assert.True(t, IsInheritable(low))
	Mark(low)
	assert.False(t, IsInheritable(low))
	assert.NotContains(t, Inheritable(), low)
	assert.False(t, IsInheritable(100_000), "it is not open")

	var l Lookout
	assert.Contains(t, l.Look(), high)
	Mark(high)
	assert.NotContains(t, l.Look(), high, "there are few: each look is a new one")
}

func TestLookIsUsedAgain(t *testing.T) {
	t.Parallel()
	assert.True(t, again(true, 19*time.Millisecond, time.Millisecond))
	assert.False(t, again(true, 20*time.Millisecond, time.Millisecond))
	assert.False(t, again(false, 0, time.Millisecond), "few are looked at each time")
}
