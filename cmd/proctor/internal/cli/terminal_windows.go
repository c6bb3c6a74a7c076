package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// isTerminal reports whether the file is a console that understands colors,
// which it is told to.
func isTerminal(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	if windows.GetConsoleMode(h, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
