package stdio

import (
	"fmt"
	"io"
	"sync"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// Collector takes what a process writes on its standard output: it keeps it, or
// gives it to the Command's writer, and copies it to whoever asked for that. Its
// fields are set before the first Write.
type Collector struct {
	To     io.Writer   // of the Command; nil: it is kept
	CopyTo io.Writer   // nil: nobody asked
	Limit  uint64      // of what is kept, in bytes; zero: nothing may come
	Failed func(error) // told once: To failed, or more than Limit came; what comes after is dropped
	Broken func(error) // told of a CopyTo that panicked; may be nil
	over   bool        // Failed was told; used by whoever writes

	mu   sync.Mutex // protects the following
	kept []byte
}

// Write implements [io.Writer], and never fails: what goes wrong is for Failed and
// Broken. One goroutine at a time calls it.
func (c *Collector) Write(p []byte) (int, error) {
	if err := c.take(p); err != nil {
		c.over = true
		c.Failed(err)
	}
	if c.CopyTo != nil {
		_, err := c.CopyTo.Write(p)
		tellBroken(c.Broken, err)
	}
	return len(p), nil
}

func (c *Collector) take(p []byte) error {
	if c.over {
		return nil
	}
	if c.To != nil {
		if _, err := c.To.Write(p); err != nil {
			return fmt.Errorf("write its stdout to Command.Stdout: %w", err)
		}
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if size := uint64(len(c.kept)) + uint64(len(p)); size > c.Limit {
		c.kept = nil
		return fmt.Errorf("its stdout: %w", &wire.LimitError{What: wire.BoundBody, Limit: c.Limit, Size: size})
	}
	c.kept = append(c.kept, p...)
	return nil
}

// Result returns what was kept, and lets go of it. Any goroutine may call it.
func (c *Collector) Result() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.kept
	c.kept = nil
	return kept
}
