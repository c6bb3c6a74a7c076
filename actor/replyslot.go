package actor

import (
	"context"
	"sync/atomic"
)

// A reply slot goes waiting → started → done, or is given up by its caller
// from either of the first two, and remembers from which. One compare-and-swap decides who was first;
// the loser sees it.
const (
	slotWaiting uint32 = iota
	slotStarted
	slotDone
	slotAbandoned  // given up after it was started
	slotNeverBegun // given up before
)

// replySlot is where a caller waits for its answer. It carries as well what few
// envelopes have, and those have one although nobody waits.
type replySlot[Resp any] struct {
	ctx  context.Context // the request's; nil: the background
	cast bool            // the request is a cast
	exit *Life           // an exit signal for this life: no request at all

	state atomic.Uint32
	ready chan struct{} // capacity 1
	resp  Resp
	err   error     // a *CallError or nil
	items chan Resp // streams only
}

// awaited reports whether there is a caller.
func (s *replySlot[Resp]) awaited() bool { return !s.cast && s.exit == nil }

// start marks the request as begun; false when its caller has gone.
func (s *replySlot[Resp]) start() bool { return s.state.CompareAndSwap(slotWaiting, slotStarted) }

// finish answers the caller; false when it has gone. The fields are written
// before the state, which is safe because only the side that answers may give
// an abandoned slot back to the pool.
func (s *replySlot[Resp]) finish(resp Resp, err error) bool {
	s.resp, s.err = resp, err
	for {
		old := s.state.Load()
		if old >= slotDone {
			return false
		}
		if s.state.CompareAndSwap(old, slotDone) {
			s.ready <- struct{}{}
			return true
		}
	}
}

// abandon gives the request up for its caller: how far it had got, and false
// when the answer is already there.
func (s *replySlot[Resp]) abandon() (Delivery, bool) {
	if s.state.CompareAndSwap(slotWaiting, slotNeverBegun) {
		return NotStarted, true
	}
	if s.state.CompareAndSwap(slotStarted, slotAbandoned) {
		return Unknown, true
	}
	return Done, false
}

// neverBegun reports whether the caller gave the request up before it began.
func (s *replySlot[Resp]) neverBegun() bool { return s.state.Load() == slotNeverBegun }

func (s *replySlot[Resp]) reset() {
	var none Resp
	s.ctx, s.cast, s.resp, s.err = nil, false, none, nil
	s.state.Store(slotWaiting)
}
