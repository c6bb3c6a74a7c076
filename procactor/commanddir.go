package procactor

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// privateDir makes an empty directory below parent, or below that of
// os.TempDir, which only this user may enter.
func privateDir(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, "proctor-")
	if err != nil {
		return "", fmt.Errorf("make the call's private directory: %w", err)
	}
	return dir, nil
}

// removeDir removes a private directory with all that was put there. What was
// killed a moment ago may still be ending, and write.
func removeDir(dir string) error {
	const most = 100 * time.Millisecond
	for wait := time.Millisecond; ; wait *= 4 {
		err := os.RemoveAll(dir)
		if err == nil {
			return nil
		}
		unlock(dir)
		if err = os.RemoveAll(dir); err == nil || wait > most {
			return err
		}
		<-time.After(wait)
	}
}

// unlock lets this user write in every directory below dir. It follows no link
// out of it, whoever may be changing what is there.
func unlock(dir string) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		// It cannot even be read: what a program did to its own directory.
		if os.Chmod(dir, 0o700) != nil { //nolint:gosec // a directory needs the bit
			return
		}
		if root, err = os.OpenRoot(dir); err != nil {
			return
		}
	}
	defer root.Close() //nolint:errcheck // nothing can be done about it
	_ = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil //nolint:nilerr // the others may do
		}
		_ = root.Chmod(path, 0o700)
		return nil
	})
}

// below returns the path, which, if it is relative, starts at dir.
func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
