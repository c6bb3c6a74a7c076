//go:build unix

package procactor

import (
	"github.com/proctor-dev/proctor/internal/descriptors"
	"golang.org/x/sys/unix"
)

// inherited finds the descriptors of this process that a child with so many
// files inherits beside them: those that nobody has made close-on-exec.
func inherited(files int) []int { return inheritedBy(&descriptors.Lookout{}, files) }

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
func (p *pipes) handed(f *family, files int) handed {
	h := handed{requests: 3, replies: 4, crash: 5, inherited: inheritedBy(f.looks(), files)}
	if p.begunR != nil {
		h.begun = uintptr(files - 1)
	}
	return h
}

// closeInherited closes what the parent had open and did not mean for this
// process. What somebody has made close-on-exec since, such as an init function
// that took it over, is left, and so is what the parent did not name: the
// runtime, init functions and C code have descriptors of their own.
func closeInherited(named []uintptr) {
	for _, fd := range named {
		if fd > 2 && descriptors.IsInheritable(int(fd)) {
			_ = unix.Close(int(fd))
		}
	}
}
