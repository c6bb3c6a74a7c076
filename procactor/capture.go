package procactor

import (
	"io"
	"os"
	"sync"
	"time"
)

// capture reads one of a worker's output streams: it keeps evidence, and gives
// what comes to the call that runs, to the worker's own writer, or to the log.
type capture struct {
	file *os.File
	done chan struct{} // closed at the end of the stream
	pump pumpState     // how the system reads what is there without waiting

	mu   sync.Mutex // held while bytes are read and handed on, so that drain sees all or none
	sink io.Writer  // of the call that runs; nil: none
	rest io.Writer  // where it goes otherwise

	broken func(error) // told of a writer that panicked or ended its goroutine; may be nil

	keepMu sync.Mutex // protects the following: it can be asked for while a writer is stuck
	keep   *headTail  // nil: no evidence is kept
	last   time.Time  // when something came last; zero: never
}

func newCapture(f *os.File, keep bool, rest io.Writer, broken func(error)) *capture {
	c := &capture{file: f, done: make(chan struct{}), rest: rest, broken: broken}
	if keep {
		c.keep = &headTail{}
	}
	go func() {
		defer close(c.done)
		c.run()
	}()
	return c
}

// deliver hands on what was read; with c.mu held. A writer that fails loses
// what it refuses, and nothing else.
func (c *capture) deliver(p []byte) {
	if c.keep != nil {
		c.keepMu.Lock()
		c.keep.write(p)
		c.last = time.Now()
		c.keepMu.Unlock()
	}
	to := c.sink
	if to == nil {
		to = c.rest
	}
	if to != nil {
		_, err := to.Write(p)
		tellBroken(c.broken, err)
	}
}

// tellBroken tells of the error of a writer that panicked or ended its
// goroutine. That of any other is its own.
func tellBroken(broken func(error), err error) {
	if broken == nil {
		return
	}
	if fault, ok := err.(*faultError); ok { //nolint:errorlint // it comes from the writer as it is
		broken(fault)
	}
}

// redirect hands on all that was written so far to where it goes now, and what
// comes next to sink; nil is where it goes without.
func (c *capture) redirect(sink io.Writer) {
	c.drain()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sink = sink
}

// close hands on what the pipe holds after the process has ended and returns
// the evidence. It does not wait for the end of the stream: somebody who
// escaped the group may still hold it. Nor does it wait for a writer that is
// stuck longer than limit; that one still gets all there is.
func (c *capture) close(limit <-chan struct{}) []byte {
	emptied := make(chan struct{})
	go func() {
		defer close(emptied)
		c.drain()
		_ = c.file.Close()
		<-c.done
	}()
	select {
	case <-emptied:
	case <-limit:
	}
	return c.kept()
}

// kept returns the evidence so far.
func (c *capture) kept() []byte {
	if c.keep == nil {
		return nil
	}
	c.keepMu.Lock()
	defer c.keepMu.Unlock()
	return c.keep.bytes()
}

// quiet returns how long nothing had come when the process ended; zero when
// something came after, or never did.
func (c *capture) quiet(ended time.Time) time.Duration {
	c.keepMu.Lock()
	defer c.keepMu.Unlock()
	if c.last.IsZero() {
		return 0
	}
	return max(ended.Sub(c.last), 0)
}
