//go:build unix

package osproc

import (
	"syscall"
	"time"
)

// ProcessorTime returns what this process has used so far, user and system
// (getrusage(2)); zero when it cannot be told.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
