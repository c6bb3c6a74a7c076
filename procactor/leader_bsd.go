//go:build unix && !linux

package procactor

// startOf returns zero: when a process was started is not told everywhere.
func startOf(int) uint64 { return 0 }

// killLeader does nothing: no system but Linux tells whose the number is. The
// leader of a session is in its group, which was killed.
func killLeader(int, uint64) {}

// lookAtLeader returns what has become of the process of that number.
func lookAtLeader(pid int, _ uint64) leaderState { return lookByNumber(pid) }
