package procactor

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// exiting reports whether a process that was not reaped has begun to end, which
// nothing can stop any more: its flags have PF_EXITING (proc_pid_stat(5); it is
// set before the files are closed).
func exiting(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && statSaysExiting(string(text))
}

// doomed reports whether a process has begun to end, or was killed and does not
// know yet. One of which nothing is known is.
func doomed(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || statSaysExiting(string(text)) || statSaysKilled(string(text))
}

// statSaysExiting looks at the flags, the seventh field behind the name.
func statSaysExiting(stat string) bool {
	const flags, exiting = 6, 0x4
	n, ok := statField(stat, flags)
	return ok && n&exiting != 0
}

// statSaysKilled looks at the signals that are pending, the 29th: a KILL is for
// each of the threads.
func statSaysKilled(stat string) bool {
	const pending, kill = 28, 1 << (syscall.SIGKILL - 1)
	n, ok := statField(stat, pending)
	return ok && n&kill != 0
}

// statField reads a number behind the second field of a stat file, which stands
// in parentheses and may hold anything (proc_pid_stat(5)).
func statField(stat string, i int) (n uint64, ok bool) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) <= i {
		return 0, false
	}
	n, err := strconv.ParseUint(fields[i], 10, 64)
	return n, err == nil
}
