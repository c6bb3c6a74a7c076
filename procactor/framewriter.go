package procactor

import (
	"io"
	"sync"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// frameWriter sends whole frames from any goroutine, one write for all that
// came together while another was being written.
type frameWriter struct {
	w      io.Writer
	limits wire.Limits

	mu      sync.Mutex // protects the following
	buf     []byte
	spare   []byte
	writing bool
	held    bool  // only collect, see hold
	once    bool  // the next frame ends the hold
	err     error // the first failed write; later frames are dropped
	idle    *sync.Cond
}

// keepBuffer is the largest buffer that is kept for the next frames.
const keepBuffer = 64 << 10

// frame sends one frame, and returns when it was written.
func (f *frameWriter) frame(kind wire.Kind, id uint64, payload []byte) error {
	return f.message(kind, id, func(dst []byte) ([]byte, error) { return append(dst, payload...), nil })
}

// message sends a message whose payload is appended by build, cut into CHUNKs
// if it is long. An error of build, or of a payload above the limits, leaves
// the stream as it was.
func (f *frameWriter) message(kind wire.Kind, id uint64, build func(dst []byte) ([]byte, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	start := len(f.buf)
	dst, err := build(wire.BeginFrame(f.buf, kind, id))
	if err != nil {
		f.buf = f.buf[:start]
		return err
	}
	if f.buf, err = wire.EndMessage(dst, start, f.limits); err != nil {
		return err
	}
	if f.held && !f.once {
		return nil
	}
	f.held, f.once = false, false
	return f.flush()
}

// flush writes what is there; whoever comes meanwhile only appends. It is
// called, and returns, with the lock held.
func (f *frameWriter) flush() error {
	if f.writing {
		return nil // who writes takes this along
	}
	f.writing = true
	for len(f.buf) > 0 && f.err == nil {
		out := f.buf
		f.buf = f.spare[:0]
		f.mu.Unlock()
		_, err := f.w.Write(out)
		f.mu.Lock()
		f.spare = out[:0]
		if cap(out) > keepBuffer {
			f.spare = nil
		}
		if err != nil && f.err == nil {
			f.err = err
		}
	}
	f.writing = false
	if f.idle != nil {
		f.idle.Broadcast()
	}
	return f.err
}

// hold collects frames until release.
func (f *frameWriter) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = true
}

// release writes what hold collected.
func (f *frameWriter) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = false
	_ = f.flush()
}

// releaseWithNext has the next frame take along what hold collected.
func (f *frameWriter) releaseWithNext() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.once = true
}

// drained waits until everything was written: before the process exits.
func (f *frameWriter) drained() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.idle == nil {
		f.idle = sync.NewCond(&f.mu)
	}
	for f.writing {
		f.idle.Wait()
	}
}

// enqueue sends a message without waiting for it to be written.
func (f *frameWriter) enqueue(kind wire.Kind, id uint64, build func(dst []byte) ([]byte, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	start := len(f.buf)
	dst, err := build(wire.BeginFrame(f.buf, kind, id))
	if err != nil {
		f.buf = f.buf[:start]
		return err
	}
	if f.buf, err = wire.EndMessage(dst, start, f.limits); err != nil {
		return err
	}
	if !f.writing {
		f.writing = true
		go f.writeOut()
	}
	return nil
}

func (f *frameWriter) writeOut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writing = false
	_ = f.flush()
}

// broken reports whether a write has failed.
func (f *frameWriter) broken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil
}

func (f *frameWriter) setLimits(l wire.Limits) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limits = l
}
