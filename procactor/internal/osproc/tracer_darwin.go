package osproc

import "golang.org/x/sys/unix"

// Traced reports whether a debugger has the process: sys/proc.h, P_TRACED.
func Traced(pid int) bool {
	const flagTraced = 0x800
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	return err == nil && info.Proc.P_flag&flagTraced != 0
}
