//go:build windows

package stdio

import (
	"errors"
	"math"
	"os"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"golang.org/x/sys/windows"
)

const captureBuffer = 64 << 10

// pumpState are the drains that wait for run to serve them.
type pumpState struct {
	mu    sync.Mutex
	asked []chan struct{} // each closed when it was served
}

// run reads to the end. What a read that is under way has taken off the pipe
// can be seen by nobody else, so it is this goroutine that drains: whoever asks for
// that moves the read's deadline into the past.
func (c *Capture) run() {
	buf := make([]byte, captureBuffer)
	for {
		n, err := c.file.Read(buf)
		c.handOn(buf[:n])
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			c.serveDrains(buf)
		case err != nil:
			return
		}
	}
}

func (c *Capture) handOn(p []byte) {
	if len(p) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deliver(p)
}

// serveDrains serves all who have asked for a drain, and lets reads wait again.
func (c *Capture) serveDrains(buf []byte) {
	for {
		c.pump.mu.Lock()
		asked := c.pump.asked
		c.pump.asked = nil
		_ = c.file.SetReadDeadline(time.Time{})
		c.pump.mu.Unlock()
		if len(asked) == 0 {
			return
		}
		c.empty(buf)
		for _, served := range asked {
			close(served)
		}
	}
}

// empty hands on what the pipe holds at this moment, which is all that was
// written before; a stream that never ends cannot keep it.
func (c *Capture) empty(buf []byte) {
	for left := c.pending(); left > 0; {
		n, err := c.file.Read(buf[:min(left, len(buf))]) // it is there: this does not wait
		c.handOn(buf[:n])
		left -= n
		if errors.Is(err, os.ErrDeadlineExceeded) { // somebody else asks meanwhile, and is next
			err = c.file.SetReadDeadline(time.Time{})
		}
		if err != nil {
			return
		}
	}
}

// Drain returns when all that the pipe held was handed on.
func (c *Capture) Drain() {
	served := make(chan struct{})
	c.pump.mu.Lock()
	err := c.file.SetReadDeadline(time.Unix(1, 0))
	if err == nil {
		c.pump.asked = append(c.pump.asked, served)
	}
	c.pump.mu.Unlock()
	if err != nil {
		return // it is closed
	}
	select {
	case <-served:
	case <-c.done:
	}
}

// pending returns how many bytes the pipe holds. Of one whose other end is
// closed that may not be told: then it is as much as anybody likes to read,
// which meets the end after what is still there.
func (c *Capture) pending() int {
	raw, err := c.file.SyscallConn()
	if err != nil {
		return 0
	}
	var n uint32
	var peeked error
	if err := raw.Control(func(h uintptr) { n, peeked = osproc.BytesInPipe(windows.Handle(h)) }); err != nil {
		return 0
	}
	if peeked != nil {
		return math.MaxInt
	}
	return int(n)
}
