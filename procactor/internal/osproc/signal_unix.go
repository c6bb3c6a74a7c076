//go:build unix

package osproc

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// HasSignals tells that a process can be asked to end, and to show its
// goroutines.
const HasSignals = true

// SignalText is a signal with its number.
func SignalText(sig os.Signal) string { return fmt.Sprintf("signal %d (%v)", sig, sig) }

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

// SignalName is the kernel's name of a signal, such as "SIGSEGV"; empty when it
// has none.
func SignalName(sig os.Signal) string {
	if s, ok := sig.(syscall.Signal); ok {
		return unix.SignalName(s)
	}
	return ""
}
