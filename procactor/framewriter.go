package procactor

import (
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// frameWriter sends whole frames from any goroutine, one write for all that
// came together while another was being written.
type frameWriter struct {
	w io.Writer

	mu       sync.Mutex // protects the following
	limits   wire.Limits
	buf      []byte        // to be written
	spare    []byte        // the other buffer
	small    int           // writes in a row that were small
	appended uint64        // bytes that ever were to be written
	written  uint64        // bytes that were, or may have been by a write that goes on
	done     uint64        // bytes that were, without doubt
	writing  bool          // somebody writes: who comes only appends
	held     bool          // only collect, see hold
	err      error         // the first failed write; later frames are dropped
	moved    chan struct{} // closed at the end of the next write, if somebody waits for that
	failed   func()        // called once, with the lock held, at the first failed write; may be nil
}

const (
	keepBuffer  = 4 << 20  // the largest buffer that is kept for the next frames
	smallBuffer = 64 << 10 // one that is kept whatever comes
	smallRuns   = 8        // writes in a row that do with less before a larger one is given back
)

// encoder appends the payload of a message.
type encoder func(dst []byte) ([]byte, error)

// bytesOf is the encoder of a payload that is there already.
func bytesOf(payload []byte) encoder {
	return func(dst []byte) ([]byte, error) { return append(dst, payload...), nil }
}

// frame sends one frame, and returns when it was written, or taken along by
// who is writing.
func (f *frameWriter) frame(kind wire.Kind, id uint64, payload []byte) error {
	return f.message(kind, id, bytesOf(payload), nil)
}

// message sends a message whose payload is appended by build, cut into CHUNKs
// if it is long. Before it is written, end is told where in the stream of bytes
// it ends; nil if nobody cares. An error of build, or of a payload above the
// limits, leaves the stream as it was.
func (f *frameWriter) message(kind wire.Kind, id uint64, build encoder, end *atomic.Uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.append(kind, id, build, end); err != nil || f.held {
		return err
	}
	return f.flush(false)
}

// deliver sends one frame, and returns when its bytes were written, whoever
// wrote them: what this process does next, such as to die, takes nothing back.
func (f *frameWriter) deliver(kind wire.Kind, id uint64, payload []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.append(kind, id, bytesOf(payload), nil); err != nil {
		return err
	}
	end := f.appended
	err := f.flush(false)
	for err == nil && f.done < end {
		f.awaitWrite()
		err = f.err
	}
	if f.done >= end {
		return nil
	}
	return err
}

// enqueue sends a message without waiting for it to be written.
func (f *frameWriter) enqueue(kind wire.Kind, id uint64, build encoder, end *atomic.Uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.append(kind, id, build, end); err != nil || f.held || f.writing {
		return err
	}
	f.writing = true
	go f.writeOut()
	return nil
}

// flushHeld writes what hold has collected.
func (f *frameWriter) flushHeld() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.buf) > 0 && !f.held {
		_ = f.flush(false)
	}
}

// append adds a message to the buffer; with f.mu held.
func (f *frameWriter) append(kind wire.Kind, id uint64, build encoder, end *atomic.Uint64) error {
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
	f.appended += uint64(len(f.buf) - start)
	if end != nil {
		end.Store(f.appended)
	}
	return nil
}

// flush writes what is there; what comes meanwhile it leaves to a goroutine,
// unless it is to write all: a call must not write for others without end. It is called, and returns, with the lock held.
// A write that is interrupted, because its caller does not want to wait any
// longer, is gone on with by a goroutine.
func (f *frameWriter) flush(all bool) error {
	if f.writing {
		return nil // who writes takes this along
	}
	f.writing = true
	for len(f.buf) > 0 && f.err == nil {
		out := f.buf
		f.buf = f.spare[:0]
		f.written += uint64(len(out)) // before: they may be read, and acted upon, before Write returns
		f.mu.Unlock()
		n, err := f.w.Write(out)
		f.mu.Lock()
		f.written -= uint64(len(out) - n)
		f.done += uint64(n)
		if f.moved != nil {
			close(f.moved)
			f.moved = nil
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			f.buf = append(slices.Clone(out[n:]), f.buf...)
			go f.writeOut()
			return nil
		}
		f.keep(out)
		if err != nil {
			f.err = err
			if f.failed != nil {
				f.failed()
			}
		}
		if !all && len(f.buf) > 0 && f.err == nil {
			go f.writeOut()
			return nil
		}
	}
	f.writing = false
	return f.err
}

// keep has the buffer used again, unless it is large and has not been needed
// for a while; with f.mu held.
func (f *frameWriter) keep(buf []byte) {
	if f.small++; len(buf) > smallBuffer {
		f.small = 0
	}
	if f.spare = buf[:0]; cap(buf) > keepBuffer || cap(buf) > smallBuffer && f.small >= smallRuns {
		f.spare = nil
	}
}

// writeOut writes on a goroutine of its own; f.writing was set by who started
// it.
func (f *frameWriter) writeOut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writing = false
	_ = f.flush(true)
}

// hold collects frames until release.
func (f *frameWriter) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = true
}

// release has frames go out again; those that hold collected go with the next
// one, or by flushHeld.
func (f *frameWriter) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = false
}

// drained waits until everything was written: before the process exits.
func (f *frameWriter) drained() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.writing {
		f.awaitWrite()
	}
}

// awaitWrite waits until the write that goes on has ended; with f.mu held.
func (f *frameWriter) awaitWrite() {
	if f.moved == nil {
		f.moved = make(chan struct{})
	}
	moved := f.moved
	f.mu.Unlock()
	<-moved
	f.mu.Lock()
}

// broken reports whether a write has failed.
func (f *frameWriter) broken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil
}

// sent returns how many bytes were written, at most.
func (f *frameWriter) sent() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.written
}

func (f *frameWriter) setLimits(l wire.Limits) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limits = l
}
