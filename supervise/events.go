package supervise

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
)

// Events returns what the supervisor and all supervisors beneath it decide
// from now on, those of one supervisor in order. The sequence outlives
// restarts of the supervisor, and ends with ctx, or when no supervisor will be
// at the path any more without somebody's doing; at once when there is none. To
// leave the loop ends it for good. A nil ctx never ends. What comes before the loop is kept for it, so
// that nothing is missed: a sequence that is never ranged over is to be ended by
// ctx.
//
// No supervisor waits for a reader: one that is more than 1024 events behind
// loses what comes until it has read some, and gets one Event of the kind
// [EventLost] in their place.
func (s *Supervisor) Events(ctx context.Context) iter.Seq[Event] {
	c := cellAt(s.sys, s.path)
	if c == nil {
		return func(func(Event) bool) {}
	}
	if ctx == nil {
		ctx = context.Background()
	}
	r := newReader()
	c.hub.join(r)
	release := context.AfterFunc(ctx, func() { c.hub.leave(r) })
	return func(yield func(Event) bool) {
		defer func() {
			release()
			c.hub.leave(r)
		}()
		for more := true; more; {
			var events []Event
			events, more = r.take()
			for _, e := range events {
				if ctx.Err() != nil || !yield(e) {
					return
				}
			}
			if more && len(events) == 0 {
				<-r.filled
			}
		}
	}
}

// event makes an event of the machine's news.
func (i *incarnation) event(r report) Event {
	e := Event{
		At: i.now, Supervisor: i.path, Kind: r.kind, Child: r.id, Reason: r.err, Verdict: r.verdict, Rule: r.rule,
		Delay: r.delay, Used: r.usage.used, Allowed: r.usage.allowed, Period: r.usage.period,
	}
	if r.id == "" {
		e.PID = i.life.PID()
	} else {
		e.PID = i.pid(r.life)
	}
	return e
}

// tell gives the news to the log and to those who read events.
func (i *incarnation) tell(r report) {
	kind, log := i.news(r), i.sys.Logger()
	enabled := kind.Enabled(log)
	read := i.cell.hub.active.Load() > 0
	for _, up := range i.above {
		read = read || up.hub.active.Load() > 0
	}
	if !enabled && !read {
		return
	}
	e := i.event(r)
	if enabled {
		kind.Log(log, attrs(e)...)
	}
	if !read {
		return
	}
	i.cell.hub.publish(e)
	for _, up := range i.above {
		up.hub.publish(e)
	}
}

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
