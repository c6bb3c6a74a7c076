package tree

import (
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Files lists every file below src that ends in .go and is not below a folder
// named testdata, as slash-separated paths relative to src, in byte order.
// What src is itself called or below does not matter. A symbolic link to a
// file is a file; one to a folder is not entered.
func Files(src string) ([]string, error) {
	return filesOf(os.DirFS(src))
}

func filesOf(tree fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata" && path != ".":
			return fs.SkipDir
		case strings.HasSuffix(path, ".go") && isFile(tree, path, entry):
			files = append(files, path)
		}
		return nil
	})
	// A walk goes folder by folder, in which a-b/x.go comes after a/x.go; in
	// the byte order of whole paths it comes before.
	slices.Sort(files)
	return files, err
}

// isFile reports whether the entry at path can be read as a file. A pipe or
// a link to nowhere (editors leave such) cannot.
func isFile(tree fs.FS, path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := fs.Stat(tree, path)
	return err == nil && info.Mode().IsRegular()
}
