//go:build unix

package procactor

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// quickWaitMillis is how long a caller holds its thread for a quick answer.
const quickWaitMillis = 1

// quickWait waits for bytes in the kernel, for one goroutine at a time.
type quickWait struct {
	raw  syscall.RawConn
	look func(fd uintptr) // made once: a closure for each call would be garbage
	fds  [1]unix.PollFd
	n    int
}

func (q *quickWait) open(r *os.File) {
	raw, err := r.SyscallConn()
	if err != nil {
		return
	}
	q.raw = raw
	q.look = func(fd uintptr) {
		q.fds[0] = unix.PollFd{Fd: int32(fd), Events: unix.POLLIN}
		q.n, _ = unix.Poll(q.fds[:], quickWaitMillis)
	}
}

// readable waits a moment; true: a read would not wait now, be it for bytes or
// for the end.
func (q *quickWait) readable() bool {
	if q.raw == nil {
		return false
	}
	q.n = 0
	return q.raw.Control(q.look) == nil && q.n > 0
}

// unread returns how many of the bytes written to the pipe nobody has read;
// false where that cannot be told. It is meant for a pipe whose reader has
// died.
func (d *duplex) unread() (n int, ok bool) {
	raw, err := d.w.SyscallConn()
	if err != nil {
		return 0, false
	}
	err = raw.Control(func(fd uintptr) {
		left, err := unix.IoctlGetInt(int(fd), fionread)
		n, ok = left, err == nil
	})
	return n, ok && err == nil
}
