package procactor

import "time"

// rung is one step of stopping a worker: what is done, and how long it is
// given before the next.
type rung struct {
	act  stopAct
	wait time.Duration
}

// stopAct is something done to a worker that is to end.
type stopAct uint8

const (
	actStop      stopAct = iota // the STOP frame: finish what runs, then exit 0
	actTerminate                // SIGTERM and SIGCONT
	actDump                     // a signal on which a Go program shows its goroutines
	actKill                     // SIGKILL to the whole group
)

// stopLadder is how a worker is stopped: asked first, killed last. A worker
// that is known not to answer starts lower.
func stopLadder(grace time.Duration, hung bool) []rung { return ladder(grace, hung, hasSignals) }

// ladder is stopLadder on a system with signals, or without: there a process
// can only be told by its channel, and be ended.
func ladder(grace time.Duration, hung, signals bool) []rung {
	const patience = 2 * time.Second
	rungs := []rung{{actStop, grace}, {actTerminate, patience}, {actDump, patience}, {actKill, reapBound}}
	if !signals {
		rungs = []rung{{actStop, grace}, {actKill, reapBound}}
	}
	if hung {
		return rungs[1:]
	}
	return rungs
}

const (
	reapBound  = 5 * time.Second // after KILL, before the wait is given up
	drainBound = 2 * time.Second // after the exit, for what the channels still hold
	exitBound  = 250 * time.Millisecond
)
