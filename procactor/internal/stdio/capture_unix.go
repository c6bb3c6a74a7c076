//go:build unix

package stdio

import (
	"errors"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"golang.org/x/sys/unix"
)

// captureBuffer is how much is read at once: what a pipe holds.
const captureBuffer = 64 << 10

// pumpState is the buffer that run and drain share under the lock.
type pumpState struct{ buf []byte }

// run reads whenever something is there, under the lock, so that no byte is
// ever between the pipe and its destination.
func (c *Capture) run() {
	raw, err := c.file.SyscallConn()
	if err != nil {
		return
	}
	ended := false
	for !ended {
		err := raw.Read(func(fd uintptr) bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			n, err := c.readOnce(int(fd), captureBuffer)
			empty := errors.Is(err, unix.EAGAIN)
			ended = n == 0 && err == nil || err != nil && !empty && !errors.Is(err, unix.EINTR)
			return !empty
		})
		if err != nil {
			return
		}
	}
}

// readOnce reads at most limit bytes and hands them on; with c.mu held. The
// descriptor is in the poller, so it does not wait.
func (c *Capture) readOnce(fd, limit int) (int, error) {
	if c.pump.buf == nil {
		c.pump.buf = make([]byte, captureBuffer)
	}
	n, err := unix.Read(fd, c.pump.buf[:min(limit, captureBuffer)])
	if n > 0 {
		c.deliver(c.pump.buf[:n])
	}
	return max(n, 0), err
}

// Drain hands on what the pipe holds at this moment, which is all that was
// written before; a stream that never ends cannot keep it.
func (c *Capture) Drain() {
	raw, err := c.file.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		c.mu.Lock()
		defer c.mu.Unlock()
		left, err := osproc.BytesInPipe(int(fd))
		for err == nil && left > 0 {
			var n int
			n, err = c.readOnce(int(fd), left)
			left -= n
			if errors.Is(err, unix.EINTR) {
				err = nil
			} else if n == 0 {
				return
			}
		}
	})
}
