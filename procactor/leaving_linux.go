package procactor

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
