//go:build windows

package osproc

import (
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// Awaiter waits for input of a pipe without taking any of it.
type Awaiter struct {
	in    *os.File
	woken chan struct{} // closed to end the waits for input
}

// NewAwaiter makes one. Its error is that of a pipe that could not be made.
func NewAwaiter(in *os.File) (*Awaiter, error) {
	return &Awaiter{in: in, woken: make(chan struct{})}, nil
}

// lookEvery is how often a pipe is looked at: nothing tells that it has input.
const lookEvery = 2 * time.Millisecond

// Input returns when there is input, or its end, or after Wake.
func (a *Awaiter) Input() {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		if n, err := BytesInPipe(windows.Handle(a.in.Fd())); err != nil || n > 0 {
			return
		}
		select {
		case <-a.woken:
			return
		case <-look.C:
		}
	}
}

// Wake ends the waits for input; it is called once.
func (a *Awaiter) Wake() { close(a.woken) }

// End returns when nobody is there any more to write.
func (a *Awaiter) End() {
	look := time.NewTicker(100 * lookEvery)
	defer look.Stop()
	for {
		if _, err := BytesInPipe(windows.Handle(a.in.Fd())); err != nil {
			return
		}
		<-look.C
	}
}
