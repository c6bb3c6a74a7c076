//go:build windows

package osproc

import (
	"time"

	"golang.org/x/sys/windows"
)

// ProcessorTime returns what this process has used so far, user and kernel;
// zero when it cannot be told.
func ProcessorTime() time.Duration {
	var created, ended, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &created, &ended, &kernel, &user); err != nil {
		return 0
	}
	const unit = 100 * time.Nanosecond
	ticks := func(f windows.Filetime) time.Duration {
		return time.Duration(uint64(f.HighDateTime)<<32|uint64(f.LowDateTime)) * unit
	}
	return ticks(kernel) + ticks(user)
}
