package procactor

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A start whose directory is empty, or relative, or whose program is named so,
// needs the working directory of this process. Somebody may have deleted that: by
// a deployment that puts another in its place, or by a clean-up. Linux starts
// programs there all the same, and each then fails in a way of its own, which
// says nothing of the cause: so it is looked at before.

// ownDirError says that the working directory of this process was deleted.
type ownDirError struct {
	dir string // what the system calls it still; empty where it does not say
	err error  // what the system says of it
}

func (e *ownDirError) Error() string {
	if e.dir == "" {
		return "the working directory of this process is gone: " + e.err.Error()
	}
	return "the working directory of this process is gone: " + e.dir
}

func (e *ownDirError) Unwrap() error { return e.err }

// lackOfOwnDir returns nothing unless a start of the program in dir needs the
// working directory of this process and that was deleted; otherwise what is wrong,
// and what helps.
func lackOfOwnDir(program, dir string) (hint string, problem error) {
	hint = hintOfOwnDir(program, dir)
	if hint == "" {
		return "", nil
	}
	if problem = ownDirDeleted(); problem == nil {
		return "", nil
	}
	return hint, problem
}

// hintOfOwnDir says what would do without the working directory of this process;
// empty when nothing needs it.
func hintOfOwnDir(program, dir string) string {
	var parts []string
	switch {
	case dir == "":
		parts = append(parts, "give the program a directory of its own (in Go Dir, in a policy file dir)")
	case !filepath.IsAbs(dir):
		parts = append(parts, "name the program's directory by its whole path")
	}
	if strings.ContainsAny(program, `/\`) && !filepath.IsAbs(program) {
		parts = append(parts, "name the program by its whole path")
	}
	if parts == nil {
		return ""
	}
	return "start this process again in a directory that is there, or " + strings.Join(parts, " and ")
}

// ownDirDeleted returns nil unless the working directory of this process was
// deleted. One that is there, and that no path leads to, such as one of a file
// system that was unmounted lazily, was not.
func ownDirDeleted() error {
	_, err := os.Getwd()
	if !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	const mark = " (deleted)" // of Linux; elsewhere there is no such link
	dir, unknown := os.Readlink("/proc/self/cwd")
	switch {
	case unknown != nil:
		return &ownDirError{err: err}
	case !strings.HasSuffix(dir, mark):
		return nil
	}
	return &ownDirError{dir: dir, err: err}
}
