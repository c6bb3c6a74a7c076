package link

import (
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// FrameWriter sends whole frames from any goroutine, one write for all that
// came together while another was being written. Its limits are to be set before
// a message that may be long.
type FrameWriter struct {
	w io.Writer

	mu       sync.Mutex // protects the following
	limits   wire.Limits
	buf      []byte        // to be written
	spare    []byte        // the other buffer
	small    int           // writes in a row that were small
	appended uint64        // bytes that ever were to be written
	written  uint64        // bytes that were, or may have been by a write that goes on
	done     uint64        // bytes that were, without doubt
	writing  bool          // somebody writes: whoever comes only appends
	err      error         // the first failed write; later frames are dropped
	moved    chan struct{} // closed at the end of the next write, if somebody waits for that
	failed   func()        // called once, with the lock held, at the first failed write; may be nil
}

// KeepBuffer is how large a buffer may be to be kept for the next message.
const KeepBuffer = 4 << 20

const (
	smallBuffer = 64 << 10 // one that is kept whatever comes
	smallRuns   = 8        // writes in a row that do with less before a larger one is given back
)

// NewFrameWriter returns a FrameWriter to w. failed is called once, at the first
// write that fails, with a lock held: it must not use the writer, nor wait.
func NewFrameWriter(w io.Writer, failed func()) *FrameWriter {
	return &FrameWriter{w: w, failed: failed}
}

// Encoder appends the payload of a message.
type Encoder func(dst []byte) ([]byte, error)

// Bytes is the Encoder of a payload that is there already.
func Bytes(payload []byte) Encoder {
	return func(dst []byte) ([]byte, error) { return append(dst, payload...), nil }
}

// Frame is [FrameWriter.Message] for a payload that is there already.
func (f *FrameWriter) Frame(kind wire.Kind, id uint64, payload []byte) error {
	return f.Message(kind, id, Bytes(payload), nil)
}

// Frames sends several messages in one write, up to the first that is above the
// limits.
func (f *FrameWriter) Frames(frames ...wire.Frame) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fr := range frames {
		if err := f.append(fr.Kind, fr.ID, Bytes(fr.Payload), nil); err != nil {
			return errors.Join(err, f.flush(false))
		}
	}
	return f.flush(false)
}

// Message sends a message whose payload is appended by build, cut into CHUNKs
// if it is long. It returns when it was written, or taken along by another that
// is being written. Before it is written, end is told where in the stream of bytes
// it ends; nil if nobody cares. An error of build, or of a payload above the
// limits, leaves the stream as it was; any other is that of the first write that
// failed, after which nothing more is sent.
func (f *FrameWriter) Message(kind wire.Kind, id uint64, build Encoder, end *atomic.Uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.append(kind, id, build, end); err != nil {
		return err
	}
	return f.flush(false)
}

// Deliver sends one frame, and returns when its bytes were written, whoever
// wrote them: what this process does next, such as to die, takes nothing back.
func (f *FrameWriter) Deliver(kind wire.Kind, id uint64, payload []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.append(kind, id, Bytes(payload), nil); err != nil {
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

// Enqueue sends a message without waiting for it to be written.
func (f *FrameWriter) Enqueue(kind wire.Kind, id uint64, build Encoder, end *atomic.Uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.append(kind, id, build, end); err != nil || f.writing {
		return err
	}
	f.writing = true
	go f.writeOut()
	return nil
}

// append adds a message to the buffer. f.mu must be held.
func (f *FrameWriter) append(kind wire.Kind, id uint64, build Encoder, end *atomic.Uint64) error {
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
// unless it is to write all: a call must not write for others without end. A
// write that is interrupted, because its caller does not want to wait any longer,
// is continued by a goroutine. f.mu must be held, and is when it returns.
func (f *FrameWriter) flush(all bool) error {
	if f.writing {
		return nil // whoever writes takes this along
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
// for a while. f.mu must be held.
func (f *FrameWriter) keep(buf []byte) {
	if f.small++; len(buf) > smallBuffer {
		f.small = 0
	}
	if f.spare = buf[:0]; cap(buf) > KeepBuffer || cap(buf) > smallBuffer && f.small >= smallRuns {
		f.spare = nil
	}
}

// writeOut writes on a goroutine of its own; f.writing was set by whoever
// started it.
func (f *FrameWriter) writeOut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writing = false
	_ = f.flush(true)
}

// AwaitWritten waits until everything was written: before the process exits.
func (f *FrameWriter) AwaitWritten() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.writing {
		f.awaitWrite()
	}
}

// awaitWrite waits until the write that goes on has ended. f.mu must be held.
func (f *FrameWriter) awaitWrite() {
	if f.moved == nil {
		f.moved = make(chan struct{})
	}
	moved := f.moved
	f.mu.Unlock()
	<-moved
	f.mu.Lock()
}

// Broken reports whether a write has failed.
func (f *FrameWriter) Broken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err != nil
}

// Sent returns how many bytes were written, at most.
func (f *FrameWriter) Sent() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.written
}

// SetLimits has messages cut into frames, and refused, as l says; zero values are
// the limits of the protocol.
func (f *FrameWriter) SetLimits(l wire.Limits) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limits = l
}
