package census

import (
	"context"
	"time"
)

// Settle counts until fine says that a count is, or ctx ends, and returns the
// last one: what is ending may take a moment. The last count is one of Take.
func Settle(ctx context.Context, fine func(Count) bool) Count {
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	for {
		if fine(Glance()) {
			if c := Take(); fine(c) {
				return c
			}
		}
		select {
		case <-ctx.Done():
			return Take()
		case <-pace.C:
		}
	}
}
