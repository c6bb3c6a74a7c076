package census

import (
	"context"
	"time"
)

// Settle counts until fine says that a count is, or ctx ends, and returns the
// last one: what is ending may take a moment. The last count is one of Take.
func (w *Watch) Settle(ctx context.Context, fine func(Count) bool) Count {
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	for {
		if fine(w.without(Glance)) {
			if c := w.Take(); fine(c) {
				return c
			}
		}
		select {
		case <-ctx.Done():
			return w.Take()
		case <-pace.C:
		}
	}
}

// Take is the function Take, but does not count what the watch has open.
func (w *Watch) Take() Count { return w.without(Take) }

// without counts while the watch does not look: that opens descriptors.
func (w *Watch) without(count func() Count) Count {
	w.mu.Lock()
	defer w.mu.Unlock()
	return count()
}
