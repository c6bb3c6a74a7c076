//go:build unix

package procactor

import (
	"errors"
	"os"
	"syscall"
)

func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// killedByOthers tells a KILL that nobody of us sent, as that of the kernel for
// want of memory is.
func (e *ExitError) killedByOthers() bool { return e.Signal == syscall.SIGKILL && !e.Killed }

// asksToEnd reports whether the signal that ended a process is one by which people
// and programs ask for it.
func asksToEnd(sig os.Signal) bool {
	return sig == syscall.SIGTERM || sig == syscall.SIGINT || sig == syscall.SIGHUP
}
