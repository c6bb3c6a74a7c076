//go:build unix

package osproc

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// GoneWithin waits for the end of the channel, at most for d, and reports
// whether it came. It reads nothing.
func GoneWithin(channel *os.File, d time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(channel.Fd())}} // asks for no event: a hang-up is told always
	n, err := unix.Poll(fds, int(d.Milliseconds()))
	return n > 0 && err == nil && fds[0].Revents&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0
}
