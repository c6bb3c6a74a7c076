package procactor_test

import (
	"io"
	"os"
	"slices"
	"sync"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// fate is what becomes of a direction of the wire after so many bytes.
type fate uint8

const (
	cut     fate = iota // it is closed, for both sides
	stall               // nothing more is taken from its sender
	swallow             // its sender goes on, its receiver gets nothing more
)

func (f fate) String() string { return [...]string{"cut", "stalled", "swallowed"}[f] }

// relay carries one direction of a wire from pipe to pipe, up to a byte.
type relay struct {
	limit   int // negative: none
	fate    fate
	release <-chan struct{}   // ends a stall
	passed  func(wire.Header) // a frame is whole at the receiver's; may be nil

	mu    sync.Mutex // protects the following
	taken []byte     // from the sender
	given []byte     // to the receiver
	whole int        // bytes of given that passed has heard of
	done  bool       // the limit was reached
}

// run ends when the direction does.
func (r *relay) run(src io.ReadCloser, dst io.WriteCloser) {
	defer src.Close() //nolint:errcheck // both ends are over
	defer dst.Close() //nolint:errcheck // the same
	buf := make([]byte, 4<<10)
	for left := r.limit; ; {
		if left == 0 {
			r.end(src, dst)
			return
		}
		part := buf
		if left > 0 {
			part = buf[:min(left, len(buf))]
		}
		n, err := src.Read(part)
		if left > 0 {
			left -= n
		}
		r.take(part[:n])
		if n > 0 {
			if _, err := dst.Write(part[:n]); err != nil {
				return
			}
			r.give(part[:n])
		}
		if err != nil {
			return
		}
	}
}

func (r *relay) end(src io.Reader, dst io.Closer) {
	r.mu.Lock()
	r.done = true
	r.mu.Unlock()
	switch r.fate {
	case cut:
	case swallow:
		_, _ = io.Copy(sink{r}, src)
		<-r.release
	case stall:
		<-r.release
	}
	_ = dst.Close()
}

// sink takes what a relay does not pass on.
type sink struct{ r *relay }

func (s sink) Write(p []byte) (int, error) {
	s.r.take(p)
	return len(p), nil
}

func (r *relay) take(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = append(r.taken, p...)
}

func (r *relay) give(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.given = append(r.given, p...)
	for r.passed != nil {
		h, err := wire.ParseHeader(r.given[min(r.whole, len(r.given)):])
		if err != nil || len(r.given)-r.whole < wire.HeaderSize+int(h.Length) {
			return
		}
		r.whole += wire.HeaderSize + int(h.Length)
		r.passed(h)
	}
}

// bytes returns what the relay took, what it gave, and whether it came to its
// limit.
func (r *relay) bytes() (taken, given []byte, limited bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.taken), slices.Clone(r.given), r.done
}

// wiretap is the wire of one worker: two relays.
type wiretap struct {
	toWorker, toParent relay
	running            sync.WaitGroup
	plain              bool // callers leave the reading to a goroutine
	stop               chan struct{}
	frames             chan wire.Header // that have come to the parent
}

// direction is one of a wire's.
type direction uint8

const (
	nowhere direction = iota
	toWorker
	toParent
)

func (d direction) String() string { return [...]string{"", "to the worker", "to the parent"}[d] }

func newWiretap(d direction, limit int, f fate) *wiretap {
	w := &wiretap{stop: make(chan struct{}), frames: make(chan wire.Header, 1000)}
	for _, r := range []*relay{&w.toWorker, &w.toParent} {
		r.limit, r.fate, r.release = -1, f, w.stop
	}
	switch d {
	case toWorker:
		w.toWorker.limit = limit
	case toParent:
		w.toParent.limit = limit
	case nowhere:
	}
	w.toParent.passed = func(h wire.Header) { w.frames <- h }
	return w
}

// channel puts the wire between a parent and its worker: real pipes, which both
// sides use as they use those of each other.
func (w *wiretap) channel(rw io.ReadWriteCloser) io.ReadWriteCloser {
	replies, requests := procactor.Halves(rw)
	parentIn, toParent, err := os.Pipe()
	if err != nil {
		return rw
	}
	fromParent, parentOut, err := os.Pipe()
	if err != nil {
		_ = parentIn.Close()
		_ = toParent.Close()
		return rw
	}
	w.running.Go(func() { w.toWorker.run(fromParent, requests) })
	w.running.Go(func() { w.toParent.run(replies, toParent) })
	if w.plain {
		return struct{ io.ReadWriteCloser }{procactor.Duplex(parentIn, parentOut)}
	}
	return procactor.Duplex(parentIn, parentOut)
}

// dial makes the wire of pipes in memory.
func (w *wiretap) dial() (parent, worker procactor.Ends) {
	fromParent, parentOut := io.Pipe()
	workerIn, workerEnd := io.Pipe()
	fromWorker, workerOut := io.Pipe()
	parentIn, parentEnd := io.Pipe()
	w.running.Go(func() { w.toWorker.run(fromParent, workerEnd) })
	w.running.Go(func() { w.toParent.run(fromWorker, parentEnd) })
	return procactor.Ends{In: parentIn, Out: parentOut}, procactor.Ends{In: workerIn, Out: workerOut}
}
