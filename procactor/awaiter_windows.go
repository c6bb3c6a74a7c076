//go:build windows

package procactor

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// awaiter waits for input of a pipe without taking any of it.
type awaiter struct {
	in    *os.File
	woken chan struct{} // closed to end the waits for input
}

func newAwaiter(in *os.File) (*awaiter, error) {
	return &awaiter{in: in, woken: make(chan struct{})}, nil
}

// lookEvery is how often a pipe is looked at: nothing tells that it has input.
const lookEvery = 2 * time.Millisecond

// input returns when there is input, or its end, or after wake.
func (a *awaiter) input() {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		var n uint32
		if err := peekNamedPipe(windows.Handle(a.in.Fd()), &n); err != nil || n > 0 {
			return
		}
		select {
		case <-a.woken:
			return
		case <-look.C:
		}
	}
}

// wake ends the waits for input; it is called once.
func (a *awaiter) wake() { close(a.woken) }

// end returns when nobody is there any more to write.
func (a *awaiter) end() {
	look := time.NewTicker(100 * lookEvery)
	defer look.Stop()
	for {
		var n uint32
		if err := peekNamedPipe(windows.Handle(a.in.Fd()), &n); err != nil {
			return
		}
		<-look.C
	}
}
