//go:build unix

package procactor

import (
	"os"
	"syscall"
)

// signalAll sends a signal to all in the process's group, unless the number may
// be another's.
func (c *child) signalAll(sig os.Signal) error {
	s, ok := sig.(syscall.Signal)
	if !ok {
		return os.NewSyscallError("kill", syscall.EINVAL)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return os.ErrProcessDone
	}
	err := syscall.Kill(-c.process.Pid, s)
	if group, failed := syscall.Getpgid(c.process.Pid); failed == nil && group != c.process.Pid { // it has left its group
		return c.process.Signal(s)
	}
	return os.NewSyscallError("kill", err)
}
