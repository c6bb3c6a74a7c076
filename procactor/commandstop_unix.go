//go:build unix

package procactor

import "syscall"

// canTerminate tells that the system has a signal that asks a process to end.
const canTerminate = true

// terminateGroup asks the process and all in its group to end, and wakes those
// that are stopped.
func (c *child) terminateGroup() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return
	}
	c.signalGroup(syscall.SIGTERM)
	c.signalGroup(syscall.SIGCONT)
}
