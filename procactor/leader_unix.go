//go:build unix

package procactor

import "syscall"

// leaderState is what has become of the process that led a group.
type leaderState uint8

const (
	leaderRuns    leaderState = iota
	leaderEnded               // nobody has its number
	leaderAnother             // its number is another process's by now
)

// lookByNumber tells what has become of a leader where its start is not known.
func lookByNumber(pid int) leaderState {
	if syscall.Kill(pid, 0) == syscall.ESRCH {
		return leaderEnded
	}
	return leaderRuns
}
