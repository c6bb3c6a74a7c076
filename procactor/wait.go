package procactor

import "time"

// waitFor waits until done is closed, at most for d.
func waitFor(done <-chan struct{}, d time.Duration) bool {
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-done:
		return true
	case <-limit.C:
		return false
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

const (
	drainBound = 2 * time.Second        // after the exit, for what the channels still hold
	exitBound  = 250 * time.Millisecond // after the end of the channel, for that of the process
)
