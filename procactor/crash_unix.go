//go:build unix

package procactor

import (
	"errors"
	"syscall"

	"github.com/proctor-dev/proctor/actor"
)

func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// killedByOthers tells a KILL that nobody of us sent, as that of the kernel for
// want of memory is.
func (e *ExitError) killedByOthers() bool { return e.Signal == syscall.SIGKILL && !e.Killed }

// counts reports whether the death says something about what ran: one that was
// ordered, by us or by somebody who asks politely, does not, nor does that of a
// worker that was cut off.
func (e *ExitError) counts() bool {
	if e.Killed || e.debugged || errors.Is(e.Why, actor.ErrNoConnection) {
		return false
	}
	switch e.Signal {
	case syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP:
		return false
	}
	return true
}

// killedExitCode is no status: what we kill shows its signal.
const killedExitCode = -2
