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

const (
	mostLines = 500 // of a file
	mostFiles = 60  // of a package, for all systems together, without its tests
)

// narrower are packages that are to have fewer files than others: the number is what
// they have, and may only fall. procactor is to have 45.
func narrower() map[string]int { return map[string]int{"procactor": 45} }

// A file can be read at one sitting, and a package be known by the names of its
// files.
func TestFilesAndPackagesAreSmall(t *testing.T) {
	t.Parallel()
	files := map[string]int{} // of each package
	err := filepath.WalkDir(root(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "testdata" || strings.HasPrefix(name, ".") && path != root(t)) {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root(t), path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		assert.LessOrEqual(t, bytes.Count(text, []byte("\n")), mostLines, "lines of %s: part it", rel)
		if !strings.HasSuffix(rel, "_test.go") {
			files[rel[:max(strings.LastIndexByte(rel, '/'), 0)]]++
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, files["supervise"], 10, "the search has lost the packages")
	for dir, n := range files {
		most, narrow := narrower()[dir]
		if !narrow {
			most = mostFiles
		}
		assert.LessOrEqual(t, n, most, "files of %s: find the rooms in it", dir)
	}
	for dir := range narrower() {
		assert.Contains(t, files, dir, "it is in the list, and is not there")
	}
}
