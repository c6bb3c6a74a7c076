//go:build unix

package byhand

import (
	"os"

	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"golang.org/x/sys/unix"
)

// TakeStdout returns the standard output for the results alone. Whatever else is
// written to it from now on, by C code and by child processes too, goes to
// standard error.
func TakeStdout() (*os.File, error) {
	const stdout, stderr = 1, 2
	fd, err := unix.FcntlInt(stdout, unix.F_DUPFD_CLOEXEC, stderr+1)
	if err != nil {
		return nil, err
	}
	results := os.NewFile(uintptr(fd), "standard output")
	if err := osproc.Duplicate(stderr, stdout); err != nil {
		osproc.CloseAll(results)
		return nil, err
	}
	return results, nil
}
