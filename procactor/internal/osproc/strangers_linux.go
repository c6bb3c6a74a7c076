package osproc

import (
	"errors"

	"golang.org/x/sys/unix"
)

// CanReapStrangers tells that the system says which child has ended without reaping
// it, so that strangers can be told from one's own.
const CanReapStrangers = true

// ReapStrangers reaps the ended children of this process that are not the
// family's. It returns their numbers, and waits for none; again tells that one of
// the family's own, which is about to be reaped, hid what may be behind.
func (f *Family) ReapStrangers() (pids []int, again bool) {
	f.children.spawning.Lock()
	defer f.children.spawning.Unlock()
	for {
		pid := endedChild()
		if pid == 0 {
			return pids, false
		}
		if f.children.has(pid) {
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
