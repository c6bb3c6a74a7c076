package live

import (
	"os"

	"golang.org/x/sys/unix"
)

// Adopts reports whether this process gets the orphans of its children: it is
// the first of a container. With subreaper it asks for them.
func Adopts(subreaper bool) (bool, error) {
	if subreaper {
		if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
			return false, os.NewSyscallError("prctl", err)
		}
		return true, nil
	}
	return os.Getpid() == 1, nil
}
