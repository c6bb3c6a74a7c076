//go:build windows

package procactor

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// goneWithin looks whether the channel has ended, and if not waits for d.
func goneWithin(channel *os.File, d time.Duration) bool {
	var held uint32
	if peekNamedPipe(windows.Handle(channel.Fd()), &held) != nil {
		return true
	}
	<-time.After(d)
	return false
}
