package cli

import (
	"fmt"
	"slices"
	"strconv"
)

// firstPassed is the number of the first descriptor that a service manager
// passes (sd_listen_fds(3)).
const firstPassed = 3

// passedByManager returns the descriptors that a service manager has passed to
// this process, which has the number pid: none of them was passed if it was
// another process to which that was done.
func passedByManager(lookup func(string) (string, bool), pid int) []int {
	to, _ := lookup("LISTEN_PID")
	count, _ := lookup("LISTEN_FDS")
	n, err := strconv.ParseUint(count, 10, 16)
	if err != nil || to != strconv.Itoa(pid) {
		return nil
	}
	var fds []int
	for i := range int(n) {
		fds = append(fds, firstPassed+i)
	}
	return fds
}

// toKeep decides which of the descriptors that this process was given it keeps
// to itself, of which nothing that it starts inherits any: all but those that
// are passed on. One that is to be, and is not there, is an error.
func toKeep(given, asked, managers []int) ([]int, error) {
	for _, fd := range asked {
		if fd < firstPassed {
			return nil, fmt.Errorf("--pass-fd %d: name one from %d on: standard input is empty for all programs, and what they write is collected", fd, firstPassed)
		}
		if !slices.Contains(given, fd) {
			return nil, fmt.Errorf("--pass-fd %d: this process was given no such descriptor: redirect it, as in `proctor run FILE %d<&0`", fd, fd)
		}
	}
	return slices.DeleteFunc(slices.Clone(given), func(fd int) bool {
		return slices.Contains(asked, fd) || slices.Contains(managers, fd)
	}), nil
}
