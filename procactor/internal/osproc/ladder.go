package osproc

import (
	"slices"
	"time"
)

// Rung is one step of ending a process: what is done, and how long that is given
// before the next; zero: as long as it takes.
type Rung struct {
	Act  StopAct
	Wait time.Duration
}

// StopAct is something done to a process that is to end.
type StopAct uint8

// What can be done to it, the mildest first.
const (
	ActStop      StopAct = iota // it is asked by its channel to finish what runs and exit, or just given the time
	ActTerminate                // SIGTERM and SIGCONT
	ActDump                     // a signal on which a Go program shows its goroutines
	ActKill                     // SIGKILL to the whole group
)

// StopKind is what kind of process is to be ended, which decides by what.
type StopKind uint8

// The kinds that there are.
const (
	StopChannel StopKind = iota // it reads a channel, and has nothing else to heed
	StopWorker                  // it reads a channel, and can show its goroutines
	StopHung                    // such a one that does not answer
	StopProgram                 // it knows of signals only; with a negative grace it is not asked
	StopFinish                  // such a one that may finish first what it does
)

// Ladder is how a process is ended: asked first, killed last. grace is for the
// first rung. On a system without signals a process can only be asked by its
// channel, and be killed.
func Ladder(kind StopKind, grace time.Duration, signals bool) []Rung {
	const patience = 2 * time.Second
	var rungs []Rung
	switch kind {
	case StopChannel:
		rungs = []Rung{{ActStop, grace}}
	case StopWorker:
		rungs = []Rung{{ActStop, grace}, {ActTerminate, patience}, {ActDump, patience}}
	case StopHung:
		rungs = []Rung{{ActTerminate, patience}, {ActDump, patience}}
	case StopProgram:
		if grace >= 0 {
			rungs = []Rung{{ActTerminate, grace}}
		}
	case StopFinish:
		rungs = []Rung{{ActStop, grace}, {ActTerminate, patience}}
	}
	if !signals {
		rungs = slices.DeleteFunc(rungs, func(r Rung) bool { return r.Act != ActStop })
	}
	return append(rungs, Rung{ActKill, ReapBound})
}

// ReapBound is how long after KILL the end of a process is waited for.
const ReapBound = 5 * time.Second

// Descent is how the way down a ladder ended.
type Descent uint8

// How a way down can end.
const (
	DescentEnded Descent = iota // the process has ended
	DescentCut                  // whoever stops it waits no longer
	DescentLate                 // the last rung was not enough
)

// Descend goes down a ladder until the process has ended. act does what a rung
// says, and returns how long to wait then; zero: as long as it takes. It is not
// called for a process that has ended. hurry, which may be nil, cuts the way short.
func Descend(ladder []Rung, act func(Rung) time.Duration, ended, hurry <-chan struct{}) Descent {
	for _, r := range ladder {
		select {
		case <-ended:
			return DescentEnded
		default:
		}
		if how := stay(act(r), ended, hurry); how != DescentLate {
			return how
		}
	}
	return DescentLate
}

// stay waits on a rung.
func stay(wait time.Duration, ended, hurry <-chan struct{}) Descent {
	var late <-chan time.Time
	if wait > 0 {
		limit := time.NewTimer(wait)
		defer limit.Stop()
		late = limit.C
	}
	select {
	case <-ended:
		return DescentEnded
	case <-hurry:
		return DescentCut
	case <-late:
		return DescentLate
	}
}
