//go:build windows

package osproc

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// HasSignals tells that a process can be asked to end, or to show its
// goroutines. Here it can only be told by its channel, or be ended.
const HasSignals = false

// killedExitCode is the status of a process that we ended: one that no program
// would choose.
const killedExitCode = 0x6b696c6c

// exitStatus reads how the process ended. That we ended it is told as a KILL,
// and an exception as a signal, whose number the code is, too.
func exitStatus(s *os.ProcessState) (code int, sig os.Signal) {
	switch status := uint32(s.ExitCode()); {
	case status == killedExitCode:
		return -1, os.Kill
	case isException(status):
		return int(status), Exception(status)
	default:
		return int(status), nil
	}
}

// isException tells a status that the system, or the runtime of a language,
// ends a process with from one that the program chose: the severity is that of
// an error, and the reserved bit is not set, as it is in -1.
func isException(status uint32) bool { return status>>28 == 0xc || status>>28 == 0xe }

// Exception is a Windows exception that ended a process, instead of a
// signal.
type Exception uint32

// Signal makes it an [os.Signal].
func (e Exception) Signal() {}

// String is its name, such as "access violation", or its number.
func (e Exception) String() string {
	name := ""
	switch windows.NTStatus(e) { //nolint:exhaustive // the usual ones
	case windows.STATUS_ACCESS_VIOLATION:
		name = " (access violation)"
	case windows.STATUS_STACK_OVERFLOW:
		name = " (stack overflow)"
	case windows.STATUS_ILLEGAL_INSTRUCTION:
		name = " (illegal instruction)"
	case windows.STATUS_DLL_NOT_FOUND:
		name = " (a DLL was not found)"
	case windows.STATUS_CONTROL_C_EXIT:
		name = " (Ctrl-C)"
	}
	return fmt.Sprintf("exception %#x%s", uint32(e), name)
}

// SignalText is a signal with its number.
func SignalText(sig os.Signal) string {
	if e, ok := sig.(Exception); ok {
		return e.String()
	}
	return fmt.Sprintf("signal %d (%v)", sig, sig)
}

// asksToEnd reports whether what ended a process is what somebody at a terminal
// does who asks for it.
func asksToEnd(sig os.Signal) bool { return sig == Exception(windows.STATUS_CONTROL_C_EXIT) }

// SignalName is what a signal of that meaning is called on Unix; empty when
// there is none.
func SignalName(sig os.Signal) string {
	if sig == os.Kill {
		return "SIGKILL"
	}
	e, ok := sig.(Exception)
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
