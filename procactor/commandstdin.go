package procactor

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// feeder copies a reader to the standard input of a process, on a goroutine of
// its own, so that neither a process that does not read nor a reader that does
// not end keeps the call.
type feeder struct {
	from   io.Reader
	pipe   *os.File
	failed func(error) // told of a reader that failed before the process ended
	left   func()      // told of a reader that neither ends nor can be closed
	once   sync.Once   // for closing from
	over   chan struct{}
	done   chan struct{} // closed when from is left alone
}

func newFeeder(from io.Reader, pipe *os.File, failed func(error), left func()) *feeder {
	return &feeder{from: from, pipe: pipe, failed: failed, left: left, over: make(chan struct{}), done: make(chan struct{})}
}

func (f *feeder) run() {
	defer close(f.done)
	defer f.closeReader()
	defer f.pipe.Close() //nolint:errcheck // the process sees the end; more is not to be had
	r := &errorReader{from: usersReader{f.from}}
	_, err := io.Copy(onlyWriter{f.pipe}, r)
	if err != nil && r.err != nil && !isClosed(f.over) {
		f.failed(r.err)
	}
	// What the process did not want to read is no error of the call.
}

// stop ends the feeding of a process that has ended.
func (f *feeder) stop() {
	close(f.over)
	_ = f.pipe.Close()
	if isClosed(f.done) {
		return
	}
	f.closeReader()
	time.AfterFunc(drainBound, func() {
		if !isClosed(f.done) {
			f.left()
		}
	})
}

func (f *feeder) closeReader() {
	f.once.Do(func() { closeIfCloser(f.from) })
}

func closeIfCloser(r io.Reader) {
	if c, ok := r.(io.Closer); ok {
		_ = closeUsers(c)
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
