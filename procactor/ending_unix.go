//go:build unix

package procactor

import (
	"fmt"
	"os"
	"syscall"
)

// hasSignals tells that a process can be asked to end, and to show its
// goroutines.
const hasSignals = true

// signalText is a signal with its number.
func signalText(sig os.Signal) string { return fmt.Sprintf("signal %d (%v)", sig, sig) }

// asksToEnd reports whether the signal that ended a process is one by which people
// and programs ask for it.
func asksToEnd(sig os.Signal) bool {
	return sig == syscall.SIGTERM || sig == syscall.SIGINT || sig == syscall.SIGHUP
}

// exitStatus reads how the process ended.
func exitStatus(s *os.ProcessState) (code int, sig os.Signal) {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return -1, ws.Signal()
	}
	return s.ExitCode(), nil
}
