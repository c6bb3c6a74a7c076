package alone

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/poison"
)

// A child whose task never ends is gone once the pipe from its parent is
// closed, which is what the parent's death does.
func TestChildEndsWithItsParent(t *testing.T) {
	in, err := poison.Endless.Write(t.TempDir())
	require.NoError(t, err)
	request, err := json.Marshal(in)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	child := exec.CommandContext(ctx, self, childArgument)
	child.Stdin = bytes.NewReader(request) // and then its end
	var exit *exec.ExitError
	require.ErrorAs(t, child.Run(), &exit)
	assert.Equal(t, 2, exit.ExitCode())
}
