package procactor

import (
	"slices"
	"time"
)

// rung is one step of ending a process: what is done, and how long that is given
// before the next; zero: as long as it takes.
type rung struct {
	act  stopAct
	wait time.Duration
}

// stopAct is something done to a process that is to end.
type stopAct uint8

const (
	actStop      stopAct = iota // it is asked by its channel to finish what runs and exit, or just given the time
	actTerminate                // SIGTERM and SIGCONT
	actDump                     // a signal on which a Go program shows its goroutines
	actKill                     // SIGKILL to the whole group
)

// stopKind is what kind of process is to be ended, which decides by what.
type stopKind uint8

const (
	stopChannel stopKind = iota // it reads a channel, and has nothing else to heed
	stopWorker                  // it reads a channel, and can show its goroutines
	stopHung                    // such a one that does not answer
	stopProgram                 // it knows of signals only; with a negative grace it is not asked
	stopFinish                  // such a one that may finish first what it does
)

// ladder is how a process is ended: asked first, killed last. grace is for the
// first rung. On a system without signals a process can only be asked by its
// channel, and be killed.
func ladder(kind stopKind, grace time.Duration, signals bool) []rung {
	const patience = 2 * time.Second
	var rungs []rung
	switch kind {
	case stopChannel:
		rungs = []rung{{actStop, grace}}
	case stopWorker:
		rungs = []rung{{actStop, grace}, {actTerminate, patience}, {actDump, patience}}
	case stopHung:
		rungs = []rung{{actTerminate, patience}, {actDump, patience}}
	case stopProgram:
		if grace >= 0 {
			rungs = []rung{{actTerminate, grace}}
		}
	case stopFinish:
		rungs = []rung{{actStop, grace}, {actTerminate, patience}}
	}
	if !signals {
		rungs = slices.DeleteFunc(rungs, func(r rung) bool { return r.act != actStop })
	}
	return append(rungs, rung{actKill, reapBound})
}

// reapBound is how long after KILL the end of a process is waited for.
const reapBound = 5 * time.Second
