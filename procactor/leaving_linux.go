package procactor

import (
	"os"
	"strconv"
	"strings"
)

// exiting reports whether a process that was not reaped has begun to end, which
// nothing can stop any more: its flags have PF_EXITING (proc_pid_stat(5); it is
// set before the files are closed).
func exiting(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && statSaysExiting(string(text))
}

// statSaysExiting reads a line whose second field, in parentheses, may hold
// anything; the flags are the seventh behind it.
func statSaysExiting(stat string) bool {
	const flags, exiting = 6, 0x4
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) <= flags {
		return false
	}
	n, err := strconv.ParseUint(fields[flags], 10, 64)
	return err == nil && n&exiting != 0
}
