package stdio

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// Feeder copies a reader to the standard input of a process, on a goroutine of
// its own, so that neither a process that does not read nor a reader that does
// not end keeps the call.
type Feeder struct {
	from   io.Reader
	pipe   *os.File
	failed func(error)   // told of a reader that failed before the process ended
	left   func()        // told of a reader that neither ends nor can be closed
	bound  time.Duration // from stop until left is told
	once   sync.Once     // for closing from
	over   chan struct{}
	done   chan struct{} // closed when from is left alone
}

// NewFeeder makes a feeder from a reader to the pipe; Run feeds. It tells failed
// of a reader that fails while the process lives, and left of one that has not
// ended so long after Stop, which closes it if it is an [io.Closer].
func NewFeeder(from io.Reader, pipe *os.File, bound time.Duration, failed func(error), left func()) *Feeder {
	return &Feeder{from: from, pipe: pipe, bound: bound, failed: failed, left: left, over: make(chan struct{}), done: make(chan struct{})}
}

// Run feeds until the reader ends or fails, the process does not read any more,
// or Stop; then it closes the pipe and the reader. It is called once, on a
// goroutine of its own.
func (f *Feeder) Run() {
	defer close(f.done)
	defer f.closeReader()
	defer f.pipe.Close() //nolint:errcheck // the process sees the end; more is not to be had
	r := &errorReader{from: reader{f.from}}
	_, err := io.Copy(onlyWriter{f.pipe}, r)
	if err != nil && r.err != nil && !closedNow(f.over) {
		f.failed(r.err)
	}
	// What the process did not want to read is no error of the call.
}

// Stop ends the feeding of a process that has ended. It is called once, and waits
// for a Close of the reader alone, which is bounded.
func (f *Feeder) Stop() {
	close(f.over)
	_ = f.pipe.Close()
	if closedNow(f.done) {
		return
	}
	f.closeReader()
	time.AfterFunc(f.bound, func() {
		if !closedNow(f.done) {
			f.left()
		}
	})
}

func (f *Feeder) closeReader() {
	f.once.Do(func() { CloseIfCloser(f.from) })
}

// CloseIfCloser closes a user's reader, as [SafeClose] does, if it can be closed.
func CloseIfCloser(r io.Reader) {
	if c, ok := r.(io.Closer); ok {
		_ = SafeClose(c)
	}
}

// closedNow reports whether the channel is closed.
func closedNow(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// errorReader keeps the error of a reader, to tell it from one of writing.
type errorReader struct {
	from io.Reader
	err  error
}

func (r *errorReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// onlyWriter hides what else a file can do: splicing cannot be interrupted by
// closing the reader.
type onlyWriter struct{ io.Writer }
