package procactor

import (
	"os"

	"golang.org/x/sys/windows"
)

// signalName is what a signal of that meaning is called on Unix; empty when
// there is none.
func signalName(sig os.Signal) string {
	if sig == os.Kill {
		return "SIGKILL"
	}
	e, ok := sig.(exception)
	if !ok {
		return ""
	}
	switch windows.NTStatus(e) { //nolint:exhaustive // the others have no counterpart
	case windows.STATUS_ACCESS_VIOLATION, windows.STATUS_STACK_OVERFLOW:
		return "SIGSEGV"
	case windows.STATUS_ILLEGAL_INSTRUCTION:
		return "SIGILL"
	case windows.STATUS_INTEGER_DIVIDE_BY_ZERO, windows.STATUS_FLOAT_DIVIDE_BY_ZERO:
		return "SIGFPE"
	case windows.STATUS_CONTROL_C_EXIT:
		return "SIGINT"
	}
	return ""
}
