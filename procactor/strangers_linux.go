package procactor

import (
	"errors"

	"github.com/proctor-dev/proctor/actor"
	"golang.org/x/sys/unix"
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
	g, err := guardFor(sys)
	if err != nil {
		return nil, false // it is being closed, and nobody can tell any more what is its own
	}
	g.kin.spawning.Lock()
	defer g.kin.spawning.Unlock()
	for {
		pid := endedChild()
		if pid == 0 {
			return pids, false
		}
		if g.kin.has(pid) {
			return pids, true
		}
		if _, err := unix.Wait4(pid, nil, unix.WNOHANG, nil); err != nil {
			return pids, true
		}
		pids = append(pids, pid)
	}
}

// endedChild returns a child that has ended and was not reaped; it stays so.
// Zero: there is none.
func endedChild() int {
	var info siginfo
	for {
		err := unix.Waitid(unix.P_ALL, 0, info.raw(), unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
		if !errors.Is(err, unix.EINTR) {
			if err != nil {
				return 0
			}
			return info.pid()
		}
	}
}
