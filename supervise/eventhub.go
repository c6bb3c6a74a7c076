package supervise

import (
	"sync"
	"sync/atomic"
)

// hub gives the events of a supervisor, and of those beneath, to whoever reads
// them. It is in the cell, so that readers outlive restarts.
type hub struct {
	active atomic.Int32 // readers; looked at before an event is made

	mu      sync.Mutex // protects the following
	readers map[*reader]struct{}
	closed  bool
}

// join adds a reader; it gets no events when the hub is closed.
func (h *hub) join(r *reader) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		r.close()
		return
	}
	if h.readers == nil {
		h.readers = make(map[*reader]struct{})
	}
	h.readers[r] = struct{}{}
	h.active.Store(int32(len(h.readers))) //nolint:gosec // a number of goroutines
}

// leave takes a reader out.
func (h *hub) leave(r *reader) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.readers, r)
	h.active.Store(int32(len(h.readers))) //nolint:gosec // a number of goroutines
	r.close()
}

// publish gives e to all readers. It does not block.
func (h *hub) publish(e Event) {
	if h.active.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for r := range h.readers {
		r.put(e)
	}
}

// close ends all readers when they have read what is there.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for r := range h.readers {
		r.close()
	}
	h.readers = nil
	h.active.Store(0)
}

// mostUnread is how many events a reader may be behind.
const mostUnread = 1024

// reader is a bounded buffer of events. What comes when it is full is lost,
// and counted: one EventLost is where they would have been.
type reader struct {
	filled chan struct{} // capacity 1: there may be something

	mu     sync.Mutex // protects the following
	unread []Event
	lost   int
	last   Event // that was lost
	closed bool
}

func newReader() *reader { return &reader{filled: make(chan struct{}, 1)} }

// put adds e, or counts it.
func (r *reader) put(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
	case len(r.unread) == mostUnread:
		r.lost++
		r.last = e
	default:
		r.unread = append(r.unread, e)
		r.wake()
	}
}

// take returns all that is there, and the one that stands for those that were
// lost after it; more is false when nothing will come.
func (r *reader) take() (events []Event, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	events = r.unread
	if r.lost > 0 {
		events = append(events, Event{At: r.last.At, Supervisor: r.last.Supervisor, Kind: EventLost, Lost: r.lost})
	}
	r.unread, r.lost, r.last = nil, 0, Event{}
	return events, !r.closed
}

func (r *reader) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.wake()
}

func (r *reader) wake() {
	select {
	case r.filled <- struct{}{}:
	default:
	}
}
