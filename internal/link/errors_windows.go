//go:build windows

package link

import (
	"errors"
	"syscall"
)

// From winerror.h; package syscall lacks them.
const (
	errorNoData           syscall.Errno = 232
	errorPipeNotConnected syscall.Errno = 233
)

func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, errorNoData) || errors.Is(err, errorPipeNotConnected)
}
