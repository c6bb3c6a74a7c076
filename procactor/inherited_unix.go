//go:build unix

package procactor

import (
	"github.com/proctor-dev/proctor/internal/descriptors"
	"github.com/proctor-dev/proctor/procactor/wire"
	"golang.org/x/sys/unix"
)

// inheritedBy is the variable that names to a child with so many files the
// descriptors of this process that it inherits beside them, if there are any:
// those that nobody has made close-on-exec. See closeInherited.
func inheritedBy(lookout *descriptors.Lookout, files int) []string {
	var found []int
	for _, fd := range lookout.Look() {
		if fd >= files { // below, its own files take the numbers
			found = append(found, fd)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return []string{wire.EnvInherited + "=" + wire.FormatInherited(found)}
}

// lookout looks for what the child of the ward inherits.
func (w *ward) lookout() *descriptors.Lookout {
	if w == nil {
		return &descriptors.Lookout{}
	}
	return &w.guard.lookout
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
