package procactor

import "time"

// descent is how the way down a ladder ended.
type descent uint8

const (
	descentEnded descent = iota // the process has ended
	descentCut                  // whoever stops it waits no longer
	descentLate                 // the last rung was not enough
)

// descend goes down a ladder until the process has ended. act does what a rung
// says, and returns how long to wait then; zero: as long as it takes. It is not
// called for a process that has ended. hurry, which may be nil, cuts the way short.
func descend(ladder []rung, act func(rung) time.Duration, ended, hurry <-chan struct{}) descent {
	for _, r := range ladder {
		select {
		case <-ended:
			return descentEnded
		default:
		}
		if how := stay(act(r), ended, hurry); how != descentLate {
			return how
		}
	}
	return descentLate
}

// stay waits on a rung.
func stay(wait time.Duration, ended, hurry <-chan struct{}) descent {
	var late <-chan time.Time
	if wait > 0 {
		limit := time.NewTimer(wait)
		defer limit.Stop()
		late = limit.C
	}
	select {
	case <-ended:
		return descentEnded
	case <-hurry:
		return descentCut
	case <-late:
		return descentLate
	}
}
