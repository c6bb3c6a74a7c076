package link

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// do carries out what a transition of the duty asks for. c.mu must be held.
func (c *Conn) do(s readSteps) {
	if s.interrupt {
		c.link.InterruptReads(true)
	}
	if s.restore {
		c.link.InterruptReads(false)
	}
	if s.begin {
		go c.readOn()
	}
}

// ensureReader has somebody read.
func (c *Conn) ensureReader() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.do(c.duty.need())
}

// readUntilAnswered reads in the caller's goroutine until x has an answer, or ctx
// or the link has ended.
func (c *Conn) readUntilAnswered(ctx context.Context, x *Exchange) {
	id := x.id // x may be another call's by the time
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, func() { c.interruptRead(id) })()
	}
	for ctx.Err() == nil && c.readOne() {
		if x.Answered() {
			return // dispatch has ended the duty
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.do(c.duty.resign(id))
}

// interruptRead has the call id stop reading, if it does so for itself.
func (c *Conn) interruptRead(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.do(c.duty.interrupt(id))
}

// readOn reads as long as frames are expected.
func (c *Conn) readOn() {
	for c.readOne() {
		c.mu.Lock()
		goesOn := c.duty.goesOn()
		c.mu.Unlock()
		if !goesOn {
			return
		}
	}
	c.mu.Lock()
	c.duty.stopped()
	c.mu.Unlock()
}

// readOne takes one frame; false when the link has ended, or when the caller
// that reads was interrupted.
func (c *Conn) readOne() bool {
	f, err := c.reader.Next()
	if err != nil {
		if c.interrupted(err) {
			return false
		}
		c.end(err)
		return false
	}
	if f.Flags&wire.FlagMore != 0 && f.Kind != wire.KindChunk && !c.underWay(f.ID) {
		c.end(errNotUnderWay(f)) // before the memory fills with what nobody asked for
		return false
	}
	whole, ok, err := c.asm.Add(f)
	switch {
	case err != nil && BodyLimit(err) != nil:
		if err := c.tooLong(whole, err); err != nil {
			c.end(err)
			return false
		}
	case err != nil:
		c.end(err)
		return false
	case ok:
		if err := c.dispatch(whole); err != nil {
			c.end(err)
			return false
		}
	}
	return true
}

func (c *Conn) interrupted(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.duty.interrupted
}

func (c *Conn) underWay(id uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[id] != nil
}

// end records why reading is over; calls are failed by whoever knows how the
// process ended. A worker that broke the protocol is told how.
func (c *Conn) end(err error) {
	c.mu.Lock()
	first := c.duty.end()
	if first {
		c.err = err
		close(c.closed)
	}
	c.mu.Unlock()
	if _, refused := errors.AsType[*refusedError](err); !first || refused || IsEnd(err) {
		return
	}
	_ = c.out.Enqueue(wire.KindRefuse, 0, Bytes(wire.AppendText(nil, err.Error())), nil)
}

// dispatch hands one message to whom it is for. Its error ends the connection:
// the worker broke the protocol.
func (c *Conn) dispatch(f wire.Frame) error {
	switch f.Kind { //nolint:exhaustive // the rest is refused below
	case wire.KindStarted, wire.KindReply, wire.KindItem, wire.KindEnd, wire.KindError:
		return c.dispatchCall(f)
	case wire.KindPong:
		p, err := wire.ParsePong(f.Payload)
		if err != nil {
			return err
		}
		return c.takePong(p)
	case wire.KindHello, wire.KindReady, wire.KindBootError:
		return c.handshake(f)
	case wire.KindRefuse:
		return &refusedError{wire.ParseText(f.Payload[:min(len(f.Payload), wire.MaxText)])}
	}
	if f.Kind.Optional() {
		return c.skip(f)
	}
	return fmt.Errorf("a worker does not send %s", f.Kind)
}

// dispatchCall hands what came to the call that it is for.
func (c *Conn) dispatchCall(f wire.Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.calls[f.ID]
	if x == nil {
		return errNotUnderWay(f)
	}
	switch {
	case f.Kind == wire.KindStarted:
		return errors.Join(wire.ParseEmpty(f.Kind, f.Payload), x.begun())
	case f.Kind == wire.KindItem:
		return x.addItem(f.Payload, c.out.Sent())
	case x.streamed && f.Kind == wire.KindReply || !x.streamed && f.Kind == wire.KindEnd:
		return fmt.Errorf("a %s came for call %d, which takes the other answer", f.Kind, f.ID)
	}
	// The payload is copied here, before anybody else may read.
	x.Finish(Answer{Kind: f.Kind, Payload: f.Payload})
	c.drop(f.ID)
	return nil
}

// drop takes out a call, if it is still there. c.mu must be held.
func (c *Conn) drop(id uint64) {
	if _, open := c.calls[id]; open {
		delete(c.calls, id)
		c.do(c.duty.leave(id))
	}
}

// skip counts a frame that this version ignores: without a bound a worker could
// keep its parent reading for nothing.
func (c *Conn) skip(f wire.Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.skipped += uint64(max(wire.HeaderSize+len(f.Payload), wire.MinSkipped)); c.skipped > max(wire.MaxSkipped, uint64(c.limits.MaxFrame)) {
		return &wire.LimitError{What: wire.BoundSkipped, Limit: max(wire.MaxSkipped, uint64(c.limits.MaxFrame)), Size: c.skipped}
	}
	return nil
}

// tooLong deals with a message over the limit for bodies: an answer ends its
// call, a stream is given up by its consumer. What still comes of the message
// is swallowed by the assembler.
func (c *Conn) tooLong(f wire.Frame, limit error) error {
	c.mu.Lock()
	x := c.calls[f.ID]
	if f.Kind != wire.KindItem {
		c.drop(f.ID) // its end is not told
	}
	c.mu.Unlock()
	switch {
	case x == nil:
		return errNotUnderWay(f)
	case f.Kind == wire.KindItem && !x.streamed:
		return x.errNoStream()
	case f.Kind == wire.KindItem:
		x.spoil(limit)
	default:
		x.Finish(Answer{Err: limit, Delivery: actor.Done})
	}
	return nil
}
