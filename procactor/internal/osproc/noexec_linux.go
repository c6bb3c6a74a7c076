package osproc

import "golang.org/x/sys/unix"

// OnNoexec reports whether the file system of path lets no program be executed.
func OnNoexec(path string) bool {
	var at unix.Statfs_t
	return unix.Statfs(path, &at) == nil && at.Flags&unix.ST_NOEXEC != 0
}
