//go:build unix && !linux

package procactor

import (
	"os"
	"syscall"
)

// systemChild has no more than who is told of the child: without a pidfd the
// runtime's own way of waiting is used, which takes a thread for each worker.
type systemChild struct {
	ward *ward
	kin  *kin

	autopsy autopsy
}

func (systemChild) prepare(*syscall.SysProcAttr, launchPlan) {}
func (systemChild) started()                                 {}

func selfPath() (string, error) { return os.Executable() }

// wait returns when the process has ended. Its group is killed after it was
// reaped, since nothing portable tells the end before; while any of the group
// lives the number stays the group's.
func (c *child) wait() (*os.ProcessState, error) {
	defer c.system.ward.release()
	defer c.system.kin.forget(c.process.Pid)
	state, err := c.process.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signalGroup(syscall.SIGKILL)
	c.system.ward.over(c.process.Pid)
	c.reaped = true
	return state, err
}

// fionread asks how many bytes a pipe holds (sys/filio.h, the same on all).
const fionread = 0x4004667f
