//go:build windows

package byhand

import (
	"os"

	"golang.org/x/sys/windows"
)

// TakeStdout returns the standard output for the results alone. What else is
// written to it from now on, by Go code and by child processes, goes to standard
// error; a C runtime keeps the handle that it found at its start.
func TakeStdout() (*os.File, error) {
	if err := windows.SetStdHandle(windows.STD_OUTPUT_HANDLE, windows.Handle(os.Stderr.Fd())); err != nil {
		return nil, err
	}
	results := os.Stdout
	os.Stdout = os.Stderr
	return results, nil
}
