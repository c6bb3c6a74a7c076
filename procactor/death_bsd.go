//go:build unix && !linux

package procactor

import "syscall"

// dieWithThread does nothing: only Linux ends a child with its parent.
func dieWithThread(*syscall.SysProcAttr) {}

// keepThread runs what comes.
func keepThread(work <-chan func()) {
	for f := range work {
		f()
	}
}

// keepGrace does nothing, since dieWithThread does.
func keepGrace() {}

// startOf returns zero: when a process was started is not told everywhere.
func startOf(int) uint64 { return 0 }

// killLeader does nothing: no system but Linux tells whose the number is. The
// leader of a session is in its group, which was killed.
func killLeader(int, uint64) {}

// lookAtLeader returns what has become of the process of that number.
func lookAtLeader(pid int, _ uint64) leaderState { return lookByNumber(pid) }
