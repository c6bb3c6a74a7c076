package procactor

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// dieWithThread has the kernel kill the child when the thread that starts it
// ends. Go's fork looks after it whether the parent died before.
func dieWithThread(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// keepThread runs what comes on one thread, which ends with none of the
// children that were started on it: the signal of prctl(PR_SET_PDEATHSIG) is
// sent at the end of the thread, not of the process (golang/go#27505). It
// returns, and lets the thread go, when the last of them is gone.
func keepThread(work <-chan func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for f := range work {
		f()
	}
}

// keepGrace takes back in a worker what dieWithThread has done: a worker that
// has come to Main sees the end of its channel, and needs the time to clean up.
//
// The signal belongs to the process's first thread, which must take it back
// itself. Main is mostly called there. If it is not, that thread is mostly idle,
// and idle threads are used before new ones are made: one goroutine after the
// other takes a thread for itself until one has that. If none gets it, the
// worker has no time when its parent dies.
func keepGrace() {
	if takeBackDeathSignal() {
		return
	}
	const tries = 32
	release := make(chan struct{})
	defer close(release)
	for range tries {
		done := make(chan bool)
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			done <- takeBackDeathSignal()
			<-release
		}()
		if <-done {
			return
		}
	}
}

// takeBackDeathSignal does it, if it is called on the process's first thread.
func takeBackDeathSignal() bool {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return unix.Gettid() == unix.Getpid() && unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0) == nil
}

// startOf returns when the process was started, in the kernel's ticks; zero
// when that is not known.
func startOf(pid int) uint64 {
	stat, err := readStat(pid)
	if err != nil {
		return 0
	}
	return stat.start()
}

// killLeader kills the process that was started then, whatever group it is in. It
// holds the process by a pidfd while it looks at the start, so that no other that
// gets the number meanwhile is meant (pidfd_open(2)).
func killLeader(pid int, start uint64) {
	if start == 0 {
		return // whose the number is cannot be told
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if startOf(pid) == start {
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

// lookAtLeader returns what has become of the process that was started then.
func lookAtLeader(pid int, start uint64) leaderState {
	stat, err := readStat(pid)
	if start == 0 || err != nil && !os.IsNotExist(err) {
		return lookByNumber(pid)
	}
	switch now := stat.start(); {
	case err != nil:
		return leaderEnded
	case now == 0:
		return lookByNumber(pid)
	case now != start:
		return leaderAnother
	case stat.ended():
		return leaderEnded
	}
	return leaderRuns
}
