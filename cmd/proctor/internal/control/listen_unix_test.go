//go:build unix

package control_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func addressFor(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "p") //nolint:usetesting // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// Guarantee: The socket of a running tree can be used by its owner only; that of a dead run is replaced, that of a live one is not.
func TestSocket(t *testing.T) {
	address := addressFor(t)
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: address})
	require.NoError(t, err)
	dead.SetUnlinkOnClose(false)
	require.NoError(t, dead.Close())
	require.FileExists(t, address)

	l, err := control.Listen(address)
	require.NoError(t, err)
	info, err := os.Stat(address)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	_, err = control.Listen(address)
	require.ErrorIs(t, err, control.ErrTaken)
	require.NoError(t, l.Close())
	assert.NoFileExists(t, address)

	l, err = control.Listen(address)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, os.WriteFile(address, []byte("precious"), 0o600))
	_, err = control.Listen(address)
	require.ErrorContains(t, err, "no socket")
	assert.FileExists(t, address)
}

func TestDirectoryOfSocketsIsPrivate(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", t.TempDir())
	a, err := control.Address("x.yaml")
	require.NoError(t, err)
	info, err := os.Stat(filepath.Dir(a))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	require.NoError(t, os.Chmod(filepath.Dir(a), 0o755))
	_, err = control.Address("x.yaml")
	assert.ErrorContains(t, err, "this user's alone")
}

func TestPathOfSocketIsTooLong(t *testing.T) {
	t.Parallel()
	address := addressFor(t) + strings.Repeat("x", 120)
	_, err := control.Listen(address)
	require.ErrorContains(t, err, "has at most")
	assert.NoFileExists(t, address+".lock")
}

// Beside a file that is somebody else's nothing is left.
func TestOtherFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	address := addressFor(t)
	require.NoError(t, os.WriteFile(address, []byte("precious"), 0o600))
	_, err := control.Listen(address)
	require.ErrorContains(t, err, "no socket")
	assert.NoFileExists(t, address+".lock")
}
