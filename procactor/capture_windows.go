//go:build windows

package procactor

import (
	"sync"
	"time"

	"golang.org/x/sys/windows"
)

const captureBuffer = 64 << 10

// pumpState counts what went through, for drain.
type pumpState struct {
	mu      sync.Mutex
	waiting bool          // run is in a read
	moved   chan struct{} // closed when run goes into its next read
}

// run reads to the end. A read cannot be taken over by another goroutine here,
// so drain waits for this one to have nothing left.
func (c *capture) run() {
	buf := make([]byte, captureBuffer)
	for {
		c.pump.enter()
		n, err := c.file.Read(buf)
		c.pump.leave()
		c.mu.Lock()
		if n > 0 {
			c.deliver(buf[:n])
		}
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (p *pumpState) enter() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = true
	if p.moved != nil {
		close(p.moved)
		p.moved = nil
	}
}

func (p *pumpState) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = false
}

// drain returns when all that the pipe held was handed on.
func (c *capture) drain() {
	for range 64 {
		c.pump.mu.Lock()
		idle := c.pump.waiting && pending(windows.Handle(c.file.Fd())) == 0
		if idle {
			c.pump.mu.Unlock()
			return
		}
		if c.pump.moved == nil {
			c.pump.moved = make(chan struct{})
		}
		moved := c.pump.moved
		c.pump.mu.Unlock()
		limit := time.NewTimer(10 * time.Millisecond)
		select {
		case <-moved:
		case <-c.done:
			limit.Stop()
			return
		case <-limit.C: // the read has begun before; look again
		}
		limit.Stop()
	}
}

// pending returns how many bytes the pipe holds.
func pending(h windows.Handle) uint32 {
	var n uint32
	if err := peekNamedPipe(h, &n); err != nil {
		return 0
	}
	return n
}
