package internal_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goFiles calls visit for each Go file below dirs, which are relative to the
// root of the repository; path is, too, with slashes.
func goFiles(t *testing.T, visit func(path string, source []byte), dirs ...string) {
	t.Helper()
	base := root(t)
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join(base, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name := d.Name()
			if d.IsDir() {
				if name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".") {
					return fs.SkipDir
				}
				return nil
			}
			if !strings.HasSuffix(name, ".go") {
				return nil
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(base, path)
			visit(filepath.ToSlash(rel), source)
			return err
		})
		require.NoError(t, err)
	}
}

func TestNoFileIsLong(t *testing.T) {
	t.Parallel()
	const most = 500
	seen := 0
	goFiles(t, func(path string, source []byte) {
		seen++
		lines := bytes.Count(source, []byte("\n"))
		assert.LessOrEqual(t, lines, most, "%s: one idea per file; split it", path)
	}, ".")
	require.Greater(t, seen, 50, "the walk has lost the repository")
}
