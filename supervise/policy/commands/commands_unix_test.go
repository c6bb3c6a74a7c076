//go:build unix

package commands_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor"
)

// TestShutdownIsThatOfAFailedStart: who is not ready in time is stopped as the
// file says, here without being asked.
func TestShutdownIsThatOfAFailedStart(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	_, err := start(t, `
supervisor:
  children:
    - id: a
      command: [sh, -c, 'trap ": > $0; exit" TERM; while :; do sleep 0.05; done', "${ASKED}"]
      shutdown: brutal_kill
      ready: {stdout: "^never$", timeout: 1s}
`, map[string]string{"ASKED": asked}, nil)
	require.ErrorIs(t, err, procactor.ErrStartTimeout)
	assert.NoFileExists(t, asked)
}
