//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// isTerminal asks whether the file has a window, which only terminals have.
func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	return err == nil
}
