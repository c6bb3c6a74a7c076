//go:build windows

package procactor

import (
	"errors"

	"golang.org/x/sys/windows"
)

func isBrokenPipe(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA)
}

func (e *ExitError) oomLikely() bool { return false }

// counts reports whether the death says something about what ran: one that we
// ordered does not.
func (e *ExitError) counts() bool { return !e.Killed }
