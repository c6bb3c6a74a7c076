//go:build unix

package procactor

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// awaiter waits for input of a file without taking any of it.
type awaiter struct {
	in           *os.File
	woken, waker *os.File // a pipe: waker is closed to end the waits
}

func newAwaiter(in *os.File) (*awaiter, error) {
	woken, waker, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &awaiter{in: in, woken: woken, waker: waker}, nil
}

// input returns when there is input, or its end, or after wake.
func (a *awaiter) input() {
	held(a.woken, func(woken int32) {
		a.poll(unix.POLLIN, unix.PollFd{Fd: woken, Events: unix.POLLIN})
	})
}

// wake ends the waits for input; it is called once.
func (a *awaiter) wake() { _ = a.waker.Close() }

// end returns when nobody is there any more to write. What was not read is
// left as it is.
func (a *awaiter) end() { a.poll(0) }

// poll waits for these events of the file, its end, or one of the others.
func (a *awaiter) poll(events int16, others ...unix.PollFd) {
	held(a.in, func(in int32) {
		fds := append(others, unix.PollFd{Fd: in, Events: events})
		for {
			if _, err := unix.Poll(fds, -1); !errors.Is(err, unix.EINTR) {
				return
			}
		}
	})
}

// held calls f with a file's descriptor, which stays what it is until f returns,
// also where another goroutine closes the file meanwhile; a file that is closed
// already has none.
func held(file *os.File, f func(fd int32)) {
	raw, err := file.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { f(int32(fd)) })
}
