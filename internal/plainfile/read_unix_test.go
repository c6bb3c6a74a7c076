//go:build unix

package plainfile_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/internal/plainfile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is no file is refused, and nobody is waited for: this test would hang.
func TestWhatIsNoFile(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "p") //nolint:usetesting // a socket's path is short
	require.NoError(t, err)
	defer os.RemoveAll(dir) //nolint:errcheck // of a test
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, syscall.Mkfifo(at("pipe"), 0o600))
	require.NoError(t, os.Symlink("pipe", at("link")))
	l, err := net.Listen("unix", at("socket"))
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // of a test
	for path, is := range map[string]string{
		at("pipe"):   "a pipe",
		at("link"):   "a pipe",
		at("socket"): "a socket",
		dir:          "a directory",
		"/dev/null":  "a device",
		"/dev/zero":  "a device",
	} {
		_, err := plainfile.Read(path, 10)
		var kind *plainfile.KindError
		require.ErrorAs(t, err, &kind, path)
		assert.Equal(t, plainfile.KindError{Path: path, Is: is}, *kind)
		assert.ErrorIs(t, plainfile.Check(path), plainfile.ErrKind)
	}
}

// A pipe that a shell gives as a descriptor is read to its end.
func TestDescriptors(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close() //nolint:errcheck // of a test
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	require.Error(t, plainfile.Check(path), "it can be read once")
	go func() {
		_, _ = w.WriteString("text")
		_ = w.Close()
	}()
	text, err := plainfile.Read(path, 10)
	require.NoError(t, err)
	assert.Equal(t, "text", string(text))
}

func TestLimit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("x", 10)), 0o600))
	_, err := plainfile.Read(path, 10)
	require.NoError(t, err)
	require.NoError(t, plainfile.Check(path))
	_, err = plainfile.Read(path, 9)
	require.ErrorIs(t, err, plainfile.ErrTooLarge)
	_, err = plainfile.Read(path+"?", 9)
	assert.ErrorIs(t, err, os.ErrNotExist)
}
