//go:build !linux

package procactor

// exiting reports whether a process has begun to end; here nobody tells.
func exiting(int) bool { return false }
