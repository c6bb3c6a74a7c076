package tree

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFilesInByteOrderWithoutTestdata(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{}
	for _, path := range []string{
		"a/x.go", "a-b/x.go", "a.go", "B.go", "a/y_test.go", "a/.go",
		"a/x.s", "a/x.go.txt", "a/xgo", // not .go
		"testdata/x.go", "a/testdata/x.go", "a/testdata/b/x.go", // below testdata
		"a/testdata2/x.go", "a/mytestdata/x.go", "a/testdata.go", // not below testdata
		"dir.go/in.go", // a folder that ends in .go
		"vendor/v.go", "_hidden/h.go", ".git/g.go",
	} {
		tree[path] = &fstest.MapFile{}
	}
	got, err := filesOf(tree)
	require.NoError(t, err)
	assert.Equal(t, []string{
		".git/g.go", "B.go", "_hidden/h.go", "a-b/x.go", "a.go", "a/.go",
		"a/mytestdata/x.go", "a/testdata.go", "a/testdata2/x.go", "a/x.go", "a/y_test.go",
		"dir.go/in.go", "vendor/v.go",
	}, got)
}

func TestFilesOnDisk(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege there")
	}
	// The folder itself may be called testdata, and be reached by a link.
	src := filepath.Join(t.TempDir(), "testdata")
	require.NoError(t, os.MkdirAll(filepath.Join(src, "pkg"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(src, "pkg", "real.go"), nil, 0o600))
	require.NoError(t, os.Symlink(filepath.Join(src, "pkg", "real.go"), filepath.Join(src, "link.go")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(src, "dangling.go")))
	require.NoError(t, os.Symlink("pkg", filepath.Join(src, "folder.go")))
	linked := filepath.Join(t.TempDir(), "src")
	require.NoError(t, os.Symlink(src, linked))

	got, err := Files(linked)
	require.NoError(t, err)
	assert.Equal(t, []string{"link.go", "pkg/real.go"}, got)
}

func TestFilesOfNowhere(t *testing.T) {
	t.Parallel()
	_, err := Files(filepath.Join(t.TempDir(), "none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestStandardLibrary(t *testing.T) {
	t.Parallel()
	src, err := StandardLibrary(t.Context())
	require.NoError(t, err)
	assert.FileExists(t, filepath.Join(src, "fmt", "print.go"))
}
