//go:build unix

package procactor

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// signalName is the kernel's name of a signal, such as "SIGSEGV"; empty when it
// has none.
func signalName(sig os.Signal) string {
	if s, ok := sig.(syscall.Signal); ok {
		return unix.SignalName(s)
	}
	return ""
}
