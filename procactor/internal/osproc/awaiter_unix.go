//go:build unix

package osproc

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Awaiter waits for input of a file without taking any of it.
type Awaiter struct {
	in           *os.File
	woken, waker *os.File // a pipe: waker is closed to end the waits
}

// NewAwaiter makes one. Its error is that of a pipe that could not be made.
func NewAwaiter(in *os.File) (*Awaiter, error) {
	woken, waker, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &Awaiter{in: in, woken: woken, waker: waker}, nil
}

// Input returns when there is input, or its end, or after Wake.
func (a *Awaiter) Input() {
	held(a.woken, func(woken int32) {
		a.poll(unix.POLLIN, unix.PollFd{Fd: woken, Events: unix.POLLIN})
	})
}

// Wake ends the waits for input; it is called once.
func (a *Awaiter) Wake() { _ = a.waker.Close() }

// End returns when nobody is there any more to write. What was not read is
// left as it is.
func (a *Awaiter) End() { a.poll(0) }

// poll waits for these events of the file, its end, or one of the others.
func (a *Awaiter) poll(events int16, others ...unix.PollFd) {
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
