package main

import (
	"errors"

	"golang.org/x/sys/unix"
)

// awaitEnd waits until all threads of a child process have ended, and leaves it
// to be reaped by whoever started it.
func awaitEnd(pid int) bool {
	if pid == 0 {
		return false
	}
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err == nil || errors.Is(err, unix.ECHILD) // it has been reaped already
		}
	}
}
