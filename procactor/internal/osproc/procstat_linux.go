package osproc

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// procStat is what /proc/PID/stat says of a process: its fields from the third
// on. The second is a name in parentheses that may hold anything, and the first is
// known (proc_pid_stat(5)).
type procStat []string

// readStat reads what /proc says of the process.
func readStat(pid int) (procStat, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil, err
	}
	return parseStat(string(text)), nil
}

func parseStat(text string) procStat {
	return strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
}

// number returns a field that is one, numbered as proc_pid_stat(5) does.
func (s procStat) number(field int) (n uint64, ok bool) {
	const first = 3
	if field -= first; field >= len(s) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[field], 10, 64)
	return n, err == nil
}

// start is when the process was started, in the kernel's ticks; zero when it does
// not say.
func (s procStat) start() uint64 {
	const starttime = 22
	n, _ := s.number(starttime)
	return n
}

// ended reports whether the process has ended, and was not reaped.
func (s procStat) ended() bool { return len(s) > 0 && (s[0] == "Z" || s[0] == "X") }

// exiting reports whether the process has begun to end, which nothing can stop any
// more: PF_EXITING, which is set before its files are closed.
func (s procStat) exiting() bool {
	const flags, exiting = 9, 0x4
	n, ok := s.number(flags)
	return ok && n&exiting != 0
}

// killed reports whether a KILL is pending: it is for each of the threads.
func (s procStat) killed() bool {
	const pending, kill = 31, 1 << (syscall.SIGKILL - 1)
	n, ok := s.number(pending)
	return ok && n&kill != 0
}

// time is the processor time that it has used, its children not counted: in
// hundredths of a second on all of Linux's ports.
func (s procStat) time() (used time.Duration, ok bool) {
	const utime, stime, tick = 14, 15, 10 * time.Millisecond
	u, ok := s.number(utime)
	k, alsoOK := s.number(stime)
	return time.Duration(u+k) * tick, ok && alsoOK
}

// exiting reports whether a process that was not reaped has begun to end.
func exiting(pid int) bool {
	stat, err := readStat(pid)
	return err == nil && stat.exiting()
}

// doomed reports whether a process has begun to end, or was killed and does not
// know yet. One of which nothing is known is.
func doomed(pid int) bool {
	stat, err := readStat(pid)
	return err != nil || stat.exiting() || stat.killed()
}
