//go:build unix

package osproc

import (
	"github.com/proctor-dev/proctor/internal/descriptors"
	"golang.org/x/sys/unix"
)

// Inherited finds the descriptors of this process that a child with so many
// files inherits beside them: those that nobody has made close-on-exec.
func Inherited(files int) []int { return inheritedBy(&descriptors.Lookout{}, files) }

// inheritedBy is inherited, with a look-out that may remember.
func inheritedBy(lookout *descriptors.Lookout, files int) (found []int) {
	for _, fd := range lookout.Look() {
		if fd >= files { // below, its own files take the numbers
			found = append(found, fd)
		}
	}
	return found
}

// handed is what a worker with so many files has, which begin with its three
// standard ones.
func (p *pipes) handed(f *Family, files int) Handed {
	h := Handed{Requests: 3, Replies: 4, Crash: 5, Inherited: inheritedBy(f.looks(), files)}
	if p.begunR != nil {
		h.Begun = uintptr(files - 1)
	}
	return h
}

// CloseInherited closes what the parent had open and did not mean for this
// process. What somebody has made close-on-exec since, such as an init function
// that took it over, is left, and so is what the parent did not name: the
// runtime, init functions and C code have descriptors of their own.
func CloseInherited(named []uintptr) {
	for _, fd := range named {
		if fd > 2 && descriptors.IsInheritable(int(fd)) {
			_ = unix.Close(int(fd))
		}
	}
}
