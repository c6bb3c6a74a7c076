package osproc

import (
	"os"
	"time"
)

// SightEvery is how often the kernel's counts are read of a process that goes
// on, at most.
const SightEvery = 30 * time.Second

// Manner is what the system tells of why it ended a process.
type Manner uint8

// What it can tell.
const (
	MannerUntold        Manner = iota // nothing: a KILL that none of us sent may have been for want of memory
	MannerSomebody                    // the kernel has counted no kill for want of memory that would explain it
	MannerPerhapsMemory               // it has counted one, somewhere on the machine
	MannerMemory                      // it has counted one, in the process's own cgroup
	MannerTime                        // the process had used up its processor time
)

// IsMemory reports whether it was want of memory, as far as that can be told.
func (m Manner) IsMemory() bool { return m == MannerMemory || m == MannerPerhapsMemory }

// timeAllowed is the processor time that a process was allowed (RLIMIT_CPU of
// setrlimit(2)), and what it had used when it ended. At the soft limit it gets
// XCPU, and may go on; at the hard one KILL.
type timeAllowed struct {
	known      bool
	used       time.Duration
	soft, hard time.Duration // negative: none
}

// spent reports whether a process that such a signal ended had used up its
// processor time. Others can send the same signals, so the time must be near the
// limit. It is enough to have used half: the kernel counts ticks, which on a busy
// machine come to a good deal more than the time that it tells.
func (p timeAllowed) spent(sig os.Signal) bool {
	limit := p.hard
	switch SignalName(sig) {
	case "SIGXCPU":
		if !p.known {
			return true
		}
		if limit = p.soft; limit > time.Second {
			limit -= time.Second // by which the kernel raises it with each XCPU
		}
	case "SIGKILL":
	default:
		return false
	}
	return p.known && limit >= 0 && p.used >= limit/2
}
