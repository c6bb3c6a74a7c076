package osproc

import (
	"os"

	"golang.org/x/sys/unix"
)

// StartTime returns when the process was started, in the kernel's ticks; zero
// when that is not known.
func StartTime(pid int) uint64 {
	stat, err := readStat(pid)
	if err != nil {
		return 0
	}
	return stat.start()
}

// KillLeader kills the process that was started then, whatever group it is in. It
// holds the process by a pidfd while it looks at the start, so that no other that
// gets the number meanwhile is meant (pidfd_open(2)).
func KillLeader(pid int, start uint64) {
	if start == 0 {
		return // whose the number is cannot be told
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if StartTime(pid) == start {
		if err != nil {
			_ = unix.Kill(pid, unix.SIGKILL) // a kernel before 5.3: as near as can be
		} else {
			_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
		}
	}
	if err == nil {
		_ = unix.Close(fd)
	}
}

// LookAtLeader returns what has become of the process that was started then.
func LookAtLeader(pid int, start uint64) LeaderState {
	stat, err := readStat(pid)
	if start == 0 || err != nil && !os.IsNotExist(err) {
		return lookByNumber(pid)
	}
	switch now := stat.start(); {
	case err != nil:
		return LeaderEnded
	case now == 0:
		return lookByNumber(pid)
	case now != start:
		return LeaderReplaced
	case stat.ended():
		return LeaderEnded
	}
	return LeaderRuns
}
