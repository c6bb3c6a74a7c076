//go:build unix

package osproc

import "syscall"

// LeaderState is what has become of the process that led a group.
type LeaderState uint8

// What can have become of it.
const (
	LeaderRuns     LeaderState = iota
	LeaderEnded                // nobody has its number
	LeaderReplaced             // its number is another process's by now
)

// lookByNumber tells what has become of a leader where its start is not known.
func lookByNumber(pid int) LeaderState {
	if syscall.Kill(pid, 0) == syscall.ESRCH {
		return LeaderEnded
	}
	return LeaderRuns
}
