package live

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/proctor-dev/proctor/cmd/proctor/internal/control"
	"github.com/proctor-dev/proctor/supervise"
)

// Limits of what a chronicle holds.
const (
	keptEvents   = 1000
	keptText     = 1 << 20 // bytes of the texts of these
	eventsWindow = 1024    // events that a reader may be behind
)

// chronicle has what the supervisors have decided, for those who come later, and
// hands on what comes. It waits for nobody.
type chronicle struct {
	mu      sync.Mutex // protects the following
	kept    []control.Event
	text    int
	readers map[*latecomer]struct{}
	closed  bool
}

// latecomer reads a chronicle.
type latecomer struct {
	unread []control.Event // these two are protected by the chronicle's mu
	lost   int
	came   chan struct{} // capacity 1
}

func textOf(e control.Event) int { return len(e.Text) + len(e.Reason) }

// add takes an event.
func (c *chronicle) add(e control.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(c.kept, e)
	c.text += textOf(e)
	for len(c.kept) > keptEvents || c.text > keptText && len(c.kept) > 1 {
		c.text -= textOf(c.kept[0])
		c.kept[0] = control.Event{}
		c.kept = c.kept[1:]
	}
	for r := range c.readers {
		if len(r.unread) < eventsWindow {
			r.unread = append(r.unread, e)
		} else {
			r.lost++
		}
		r.wake()
	}
}

// close says that nothing comes any more.
func (c *chronicle) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for r := range c.readers {
		r.wake()
	}
}

func (r *latecomer) wake() {
	select {
	case r.came <- struct{}{}:
	default:
	}
}

// events are the last ones, and, with follow, those that come, until ctx ends or
// nothing comes any more. It has to be read.
func (c *chronicle) events(ctx context.Context, last int, follow bool) iter.Seq[control.Event] {
	r := &latecomer{came: make(chan struct{}, 1)}
	c.mu.Lock()
	defer c.mu.Unlock()
	r.unread = slices.Clone(c.kept[max(0, len(c.kept)-last):])
	if follow {
		if c.readers == nil {
			c.readers = make(map[*latecomer]struct{})
		}
		c.readers[r] = struct{}{}
	}
	return func(yield func(control.Event) bool) {
		defer c.leave(r)
		for more := true; more; {
			var events []control.Event
			events, more = c.take(r, follow)
			for _, e := range events {
				if ctx.Err() != nil || !yield(e) {
					return
				}
			}
			if !more || len(events) > 0 {
				continue
			}
			select {
			case <-r.came:
			case <-ctx.Done():
				return
			}
		}
	}
}

// take returns what a reader has not read, and whether more may come.
func (c *chronicle) take(r *latecomer, follow bool) (events []control.Event, more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	events = r.unread
	if r.lost > 0 {
		lost := supervise.Event{Kind: supervise.EventLost, Lost: r.lost}
		if n := len(c.kept); n > 0 {
			lost.At = c.kept[n-1].At
		}
		events = append(events, control.Event{At: lost.At, Kind: lost.Kind.String(), Lost: lost.Lost, Text: lost.String()})
	}
	r.unread, r.lost = nil, 0
	return events, follow && !c.closed
}

func (c *chronicle) leave(r *latecomer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.readers, r)
}
