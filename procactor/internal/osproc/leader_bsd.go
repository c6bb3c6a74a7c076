//go:build unix && !linux

package osproc

// StartTime returns zero: when a process was started is not told everywhere.
func StartTime(int) uint64 { return 0 }

// KillLeader does nothing: no system but Linux tells whose the number is. The
// leader of a session is in its group, which was killed.
func KillLeader(int, uint64) {}

// LookAtLeader returns what has become of the process of that number.
func LookAtLeader(pid int, _ uint64) LeaderState { return lookByNumber(pid) }
