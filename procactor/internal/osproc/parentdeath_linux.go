package osproc

import (
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// dieWithThread has the kernel kill the child when the thread that starts it
// ends. Go's fork looks after it whether the parent died before.
func dieWithThread(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }

// KeepThread runs what comes on one thread, which ends with none of the
// children that were started on it: the signal of prctl(PR_SET_PDEATHSIG) is
// sent at the end of the thread, not of the process (golang/go#27505). It
// returns, and lets the thread go, when the last of them is gone.
func KeepThread(work <-chan func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for f := range work {
		f()
	}
}

// KeepGrace takes back in a worker what dieWithThread has done: a worker that
// has come to Main sees the end of its channel, and needs the time to clean up.
//
// The signal belongs to the process's first thread, which must take it back
// itself. Main is mostly called there. If it is not, that thread is mostly idle,
// and idle threads are used before new ones are made: one goroutine after the
// other takes a thread for itself until one has that. If none gets it, the
// worker has no time when its parent dies.
func KeepGrace() {
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
