package procactor

import (
	"fmt"
	"io"
	"sync"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// collector takes what a process writes on its standard output: it keeps it, or
// gives it to the Command's writer, and copies it to who asked for that.
type collector struct {
	to     io.Writer // of the Command; nil: it is kept
	copyTo io.Writer // nil: nobody asked
	limit  uint64    // of what is kept
	failed func(error)
	broken func(error) // told of a copyTo that panicked
	over   bool        // failed was told; used by who writes

	mu   sync.Mutex // protects the following
	kept []byte
}

// Write implements [io.Writer]; one goroutine at a time calls it.
func (c *collector) Write(p []byte) (int, error) {
	if err := c.take(p); err != nil {
		c.over = true
		c.failed(err)
	}
	if c.copyTo != nil {
		_, err := c.copyTo.Write(p)
		tellBroken(c.broken, err)
	}
	return len(p), nil
}

func (c *collector) take(p []byte) error {
	if c.over {
		return nil
	}
	if c.to != nil {
		if _, err := c.to.Write(p); err != nil {
			return fmt.Errorf("write its stdout to Command.Stdout: %w", err)
		}
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if size := uint64(len(c.kept)) + uint64(len(p)); size > c.limit {
		c.kept = nil
		return fmt.Errorf("its stdout: %w", &wire.LimitError{What: wire.BoundBody, Limit: c.limit, Size: size})
	}
	c.kept = append(c.kept, p...)
	return nil
}

// result returns what was kept.
func (c *collector) result() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.kept
	c.kept = nil
	return kept
}
