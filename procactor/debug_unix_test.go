//go:build unix

package procactor

import (
	"os"
	"testing"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAwaitDebuggerEndsWithTheParent(t *testing.T) {
	t.Parallel()
	if osproc.Traced(os.Getpid()) {
		t.Skip("somebody traces this test")
	}
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer osproc.CloseAll(r)
	_, err = w.WriteString("a HELLO that nobody has read")
	require.NoError(t, err)
	require.False(t, osproc.GoneWithin(r, 0))
	require.NoError(t, w.Close())
	assert.False(t, awaitDebugger(r))
}
