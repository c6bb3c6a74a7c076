package procactor

import (
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// dispatch hands one message to whom it is for. Its error ends the connection:
// the worker broke the protocol.
func (c *conn) dispatch(f wire.Frame) error {
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
		return c.onBoot(f)
	case wire.KindRefuse:
		return &refusedError{textOf(f.Payload)}
	}
	if f.Kind.Optional() {
		return c.skip(f)
	}
	return fmt.Errorf("a worker does not send %s", f.Kind)
}

// skip counts a frame that this version ignores: without a bound a worker could
// keep its parent reading for nothing.
func (c *conn) skip(f wire.Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.skipped += uint64(max(wire.HeaderSize+len(f.Payload), wire.MinSkipped)); c.skipped > max(wire.MaxSkipped, uint64(c.limits.MaxFrame)) {
		return &wire.LimitError{What: wire.BoundSkipped, Limit: max(wire.MaxSkipped, uint64(c.limits.MaxFrame)), Size: c.skipped}
	}
	return nil
}

// refusedError is why the worker hung up, in its words.
type refusedError struct{ text string }

func (e *refusedError) Error() string { return "the worker refused: " + e.text }

func errNotUnderWay(f wire.Frame) error {
	return fmt.Errorf("a %s came for call %d, which is not under way", f.Kind, f.ID)
}

func (c *conn) underWay(id uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[id] != nil
}

// begun returns how many calls the connection has carried.
func (c *conn) begun() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lastID
}

// tooLong deals with a message over the limit for bodies: an answer ends its
// call, a stream is given up by its consumer. What still comes of the message
// is swallowed by the assembler.
func (c *conn) tooLong(f wire.Frame, limit error) error {
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
		x.finish(answer{err: limit, delivery: actor.Done})
	}
	return nil
}

func (c *conn) dispatchCall(f wire.Frame) error {
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
		return x.addItem(f.Payload, c.out.sent())
	case x.streamed && f.Kind == wire.KindReply || !x.streamed && f.Kind == wire.KindEnd:
		return fmt.Errorf("a %s came for call %d, which takes the other answer", f.Kind, f.ID)
	}
	// The payload is copied here, before anybody else may read.
	x.finish(answer{kind: f.Kind, payload: f.Payload})
	c.drop(f.ID)
	return nil
}
