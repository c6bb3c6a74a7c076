package cli

import (
	"io"
	"sync"
)

// checked is a writer that remembers that it failed: what a command prints is
// its result, and one without it has not done what it should.
type checked struct {
	to io.Writer

	mu  sync.Mutex // protects the following
	err error      // the first one
}

// Write implements [io.Writer].
func (c *checked) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.err == nil {
			c.err = err
		}
	}
	return n, err
}

func (c *checked) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}
