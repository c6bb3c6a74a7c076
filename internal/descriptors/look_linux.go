package descriptors

import (
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// look returns the inheritable descriptors, and how many there are in all.
//
// The size of the directory tells how many are open, since Linux 6.2: then the
// numbers are gone through until all were seen, at a third of what it costs to
// read the directory. Where they are far apart, and on older kernels, it is read.
func look() (found []int, open int) {
	const dir = "/proc/self/fd"
	var info unix.Stat_t
	if unix.Stat(dir, &info) == nil && info.Size > 0 {
		all := int(info.Size)
		far := all + 32
		found, open = scan(0, func(fd, open int) bool { return open < all && fd < far })
		if open >= all {
			return above(found), open
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil { // there is no /proc
		found, open = scan(0, func(fd, _ int) bool { return fd < 1024 })
		return above(found), open
	}
	found = nil
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err == nil && IsInheritable(fd) {
			found = append(found, fd)
		}
	}
	slices.Sort(found)
	return above(found), len(entries)
}

// above returns what is above the standard streams.
func above(found []int) []int {
	return slices.DeleteFunc(found, func(fd int) bool { return fd < firstOther })
}
