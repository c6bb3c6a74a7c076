//go:build windows

package procactor

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// hasSignals tells that a process can be asked to end, or to show its
// goroutines. Here it can only be told by its channel, or be ended.
const hasSignals = false

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
		return int(status), exception(status)
	default:
		return int(status), nil
	}
}

// isException tells a status that the system, or the runtime of a language,
// ends a process with from one that the program chose: the severity is that of
// an error, and the reserved bit is not set, as it is in -1.
func isException(status uint32) bool { return status>>28 == 0xc || status>>28 == 0xe }

// exception is a Windows exception that ended a process, in the place of a
// signal.
type exception uint32

func (e exception) Signal() {}

func (e exception) String() string {
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

// signalText is a signal with its number.
func signalText(sig os.Signal) string {
	if e, ok := sig.(exception); ok {
		return e.String()
	}
	return fmt.Sprintf("signal %d (%v)", sig, sig)
}

// asksToEnd reports whether what ended a process is what somebody at a terminal
// does who asks for it.
func asksToEnd(sig os.Signal) bool { return sig == exception(windows.STATUS_CONTROL_C_EXIT) }
