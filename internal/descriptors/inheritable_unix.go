//go:build unix

package descriptors

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// firstOther is the first number above the standard streams.
const firstOther = 3

// Inheritable returns the numbers above 2 of this process's descriptors that
// are not close-on-exec, in order. Others may open and close some meanwhile.
func Inheritable() []int {
	found, _ := look()
	return found
}

// IsInheritable reports whether the descriptor is open, and not close-on-exec.
func IsInheritable(fd int) bool {
	_, inheritable := flagsOf(fd)
	return inheritable
}

// Mark makes a descriptor close-on-exec.
func Mark(fd int) { unix.CloseOnExec(fd) }

// flagsOf says of a number whether it is of an open descriptor, and of one that
// is inherited.
func flagsOf(fd int) (open, inheritable bool) {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil, err == nil && flags&unix.FD_CLOEXEC == 0
}

// scan looks at each number from first on, as long as more says so.
func scan(first int, more func(fd, open int) bool) (found []int, open int) {
	for fd := first; more(fd, open); fd++ {
		isOpen, inheritable := flagsOf(fd)
		if isOpen {
			open++
		}
		if inheritable {
			found = append(found, fd)
		}
	}
	return found, open
}

// Lookout looks for whoever starts many processes. Its zero value is ready; several
// goroutines may use it.
type Lookout struct {
	mu    sync.Mutex // protects the following
	found []int
	many  bool
	at    time.Time // when the last look ended
	took  time.Duration
}

// Look returns what Inheritable does. A look at more than a few hundred
// descriptors is used again for a moment, so that a process with thousands does
// not look all the time.
func (l *Lookout) Look() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	begin := time.Now()
	if again(l.many, begin.Sub(l.at), l.took) {
		return l.found
	}
	found, open := look()
	l.found, l.many, l.at = found, open > 256, time.Now()
	l.took = l.at.Sub(begin)
	return found
}

// again decides whether a look that took so long is used again after such a
// time: so long that looking takes a twentieth of the time at most.
func again(many bool, since, took time.Duration) bool { return many && since < 20*took }
