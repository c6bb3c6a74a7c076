package procactor

import (
	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// ReapStrangers reaps the ended children of this process that were not started
// by the System, which a process has that is the first of a container, or a
// subreaper (prctl(2), PR_SET_CHILD_SUBREAPER): orphans. It returns their
// numbers, and does not wait for any. Call it when a SIGCHLD came, and again a
// moment later when it says so: an ended process of the System's, which is
// about to be reaped by it, hid what may be behind.
//
// It is for a program that starts no process by other means than this System's:
// it would take away what os/exec waits for. Other systems than Linux tell
// nothing without reaping; there it does nothing.
func ReapStrangers(sys *actor.System) (pids []int, again bool) {
	if !osproc.CanReapStrangers {
		return nil, false
	}
	f, err := guardian.FamilyOf(sys, guarding())
	if err != nil {
		return nil, false // it is being closed, and nobody can tell any more what is its own
	}
	return f.ReapStrangers()
}
