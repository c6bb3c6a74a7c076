package stdio

import (
	"io"
	"os"
	"sync"
	"time"
)

// Capture reads one of a worker's output streams: it keeps evidence, and gives
// what comes to the call that runs, to the worker's own writer, or to the log.
type Capture struct {
	file *os.File
	done chan struct{} // closed at the end of the stream
	pump pumpState     // how the system reads what is there without waiting

	mu         sync.Mutex // held while bytes are read and handed on, so that drain sees all or none
	callWriter io.Writer  // of the call that runs; nil: none
	fallback   io.Writer  // where it goes otherwise

	broken func(error) // told of a writer that panicked or ended its goroutine; may be nil

	keepMu sync.Mutex // protects the following: it can be asked for while a writer is stuck
	keep   *headTail  // nil: no evidence is kept
	last   time.Time  // when something came last; zero: never
}

// NewCapture begins to read the file, which is one end of a pipe, and closes it in
// Close. It keeps evidence if keep is set, and gives what comes to fallback, which
// may be nil, until Redirect. It tells broken, which may be nil, of a writer that
// panicked or ended its goroutine.
func NewCapture(f *os.File, keep bool, fallback io.Writer, broken func(error)) *Capture {
	c := &Capture{file: f, done: make(chan struct{}), fallback: fallback, broken: broken}
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
func (c *Capture) deliver(p []byte) {
	if c.keep != nil {
		c.keepMu.Lock()
		c.keep.write(p)
		c.last = time.Now()
		c.keepMu.Unlock()
	}
	to := c.callWriter
	if to == nil {
		to = c.fallback
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

// Redirect hands on all that was written so far to where it goes now, and what
// comes next to callWriter; nil is where it goes without one. It waits for the
// writer.
func (c *Capture) Redirect(callWriter io.Writer) {
	c.Drain()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.callWriter = callWriter
}

// Ended is closed at the end of the stream.
func (c *Capture) Ended() <-chan struct{} { return c.done }

// Close hands on what the pipe holds after the process has ended and returns
// the evidence. It does not wait for the end of the stream: somebody who
// escaped the group may still hold it. Nor does it wait for a writer that is
// stuck longer than limit; that one still gets all there is.
func (c *Capture) Close(limit <-chan struct{}) []byte {
	emptied := make(chan struct{})
	go func() {
		defer close(emptied)
		c.Drain()
		_ = c.file.Close()
		<-c.done
	}()
	select {
	case <-emptied:
	case <-limit:
	}
	return c.Kept()
}

// Kept returns the evidence so far.
func (c *Capture) Kept() []byte {
	if c.keep == nil {
		return nil
	}
	c.keepMu.Lock()
	defer c.keepMu.Unlock()
	return c.keep.bytes()
}

// Quiet returns how long nothing had come when the process ended; zero when
// something came after, or never did.
func (c *Capture) Quiet(ended time.Time) time.Duration {
	c.keepMu.Lock()
	defer c.keepMu.Unlock()
	if c.last.IsZero() {
		return 0
	}
	return max(ended.Sub(c.last), 0)
}
