//go:build unix

package control_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
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

// Guarantee(secrets): Only its owner can use the socket of a running tree; the socket of a dead run is replaced, that of a live one is not.
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

// Nothing is left beside a socket that was closed, and one that removes what it
// has left meanwhile takes nobody's lock away.
func TestNoLockIsLeft(t *testing.T) {
	t.Parallel()
	address := addressFor(t)
	dir := filepath.Dir(address)
	empty := func() {
		t.Helper()
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Empty(t, left)
	}
	l, err := control.Listen(address)
	require.NoError(t, err)
	assert.FileExists(t, address+".lock")
	require.NoError(t, l.Close())
	empty()

	next, err := control.Listen(address)
	require.NoError(t, err)
	require.ErrorIs(t, l.Close(), net.ErrClosed)
	_, err = control.Listen(address)
	require.ErrorIs(t, err, control.ErrTaken, "the first one's second end has removed nothing")
	require.NoError(t, next.Close())
	empty()

	// Many at once: at each moment at most one has it.
	var have atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				l, err := control.Listen(address)
				if err != nil {
					assert.ErrorIs(t, err, control.ErrTaken)
					continue
				}
				assert.Equal(t, int32(1), have.Add(1))
				have.Add(-1)
				assert.NoError(t, l.Close())
			}
		})
	}
	wg.Wait()
	empty()
}

// Whoever looks which trees are run keeps none from being run.
func TestLookingTakesNothing(t *testing.T) {
	dir := addressFor(t) // its path is short
	require.NoError(t, os.Mkdir(dir, 0o700))
	t.Setenv("XDG_RUNTIME_DIR", dir)
	places, err := control.PlacesOf("shop.yaml")
	require.NoError(t, err)
	over := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				_, _ = control.Running()
			}
		}
	})
	for range 500 {
		killed, err := net.ListenUnix("unix", &net.UnixAddr{Name: places.File}) // leaves both files
		require.NoError(t, err)
		killed.SetUnlinkOnClose(false)
		require.NoError(t, killed.Close())
		require.NoError(t, os.WriteFile(places.File+".lock", nil, 0o600))
		l, err := control.Listen(places.File)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
	close(over)
	wg.Wait()
}

func TestDirectoryOfSocketsIsPrivate(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", t.TempDir())
	a, err := control.PlacesOf("x.yaml")
	require.NoError(t, err)
	info, err := os.Stat(filepath.Dir(a.File))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	refused := func(hint string) {
		_, err = control.PlacesOf("x.yaml")
		require.ErrorContains(t, err, "this user's alone: "+hint+", or name a socket by --socket")
	}
	dir := filepath.Dir(a.File)
	require.NoError(t, os.Chmod(dir, 0o755))
	refused("have its mode be 0700")
	require.NoError(t, os.Remove(dir))
	require.NoError(t, os.WriteFile(dir, nil, 0o600))
	refused("remove it")
	if os.Getuid() == 0 {
		require.NoError(t, os.Lchown(dir, 65534, 65534))
		refused("have XDG_RUNTIME_DIR name a directory of this user's")
	}
	t.Setenv("XDG_RUNTIME_DIR", filepath.Join(dir, "missing"))
	_, err = control.PlacesOf("x.yaml")
	assert.ErrorContains(t, err, "; have XDG_RUNTIME_DIR name a directory of this user's, or name a socket by --socket")
}

func TestSocketInAMissingDirectory(t *testing.T) {
	t.Parallel()
	address := filepath.Join(addressFor(t), "x.sock")
	_, err := control.Listen(address)
	assert.EqualError(t, err, "there is no directory "+filepath.Dir(address)+" for the socket: make it, or name another")
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

// What a process calls /dev/stdin, or a descriptor of its own, is another file to
// another process: that name is no place.
func TestPlacesOfADescriptor(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	f, err := os.Create(filepath.Join(dir, "shop.yaml"))
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // of a test
	places, err := control.PlacesOf(fmt.Sprintf("/dev/fd/%d", f.Fd()))
	require.NoError(t, err)
	called := func(at string) string { return strings.TrimSuffix(filepath.Base(at), filepath.Ext(at)) }
	assert.Equal(t, called(places.File), called(places.Name))
}

// A name that has been led to another file is still found, and so is the file
// that it was; neither can be another tree's meanwhile.
func TestPlacesOfALink(t *testing.T) {
	dir := addressFor(t) // its path is short
	require.NoError(t, os.Mkdir(dir, 0o700))
	t.Setenv("XDG_RUNTIME_DIR", dir)
	lead := func(to string) {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, to), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, to, "shop.yaml"), nil, 0o600))
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "now")))
		require.NoError(t, os.Symlink(to, filepath.Join(dir, "now")))
	}
	at := func(file string) control.Places {
		places, err := control.PlacesOf(filepath.Join(dir, file))
		require.NoError(t, err)
		return places
	}
	lead("v1")
	before := at("now/shop.yaml")
	assert.Equal(t, at("v1/shop.yaml").File, before.File)
	assert.NotEqual(t, at("v1/shop.yaml").Name, before.Name)
	sockets, err := control.ListenAt(before)
	require.NoError(t, err)
	running, err := control.Running()
	require.NoError(t, err)
	assert.Equal(t, []string{before.File}, running, "it is one tree")
	lead("v2")
	assert.Equal(t, before.Name, at("now/shop.yaml").Name)
	for _, taken := range []string{"now/shop.yaml", "v1/shop.yaml"} {
		_, err = control.ListenAt(at(taken))
		require.ErrorIs(t, err, control.ErrTaken, taken)
	}
	free, err := control.ListenAt(at("v2/shop.yaml"))
	require.NoError(t, err)
	for _, s := range append(sockets, free...) {
		require.NoError(t, s.Close())
	}
	running, err = control.Running()
	require.NoError(t, err)
	assert.Empty(t, running)
}
