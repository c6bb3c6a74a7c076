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
	poll([]unix.PollFd{{Fd: int32(a.in.Fd()), Events: unix.POLLIN}, {Fd: int32(a.woken.Fd()), Events: unix.POLLIN}})
}

// wake ends the waits for input; it is called once.
func (a *awaiter) wake() { _ = a.waker.Close() }

// end returns when nobody is there any more to write. What was not read is
// left as it is.
func (a *awaiter) end() { poll([]unix.PollFd{{Fd: int32(a.in.Fd())}}) }

func poll(fds []unix.PollFd) {
	for {
		if _, err := unix.Poll(fds, -1); !errors.Is(err, unix.EINTR) {
			return
		}
	}
}
