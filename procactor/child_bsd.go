//go:build unix && !linux

package procactor

import (
	"os"
	"syscall"
)

// systemChild has no more than who is told of the child: without a pidfd the
// runtime's own way of waiting is used, which takes a thread for each worker.
type systemChild struct {
	keeper keeper

	autopsy autopsy
}

func (systemChild) prepare(*syscall.SysProcAttr) {}
func (systemChild) started()                     {}

func selfPath() (string, error) { return os.Executable() }

// wait returns when the process has ended. Its group is killed after it was
// reaped, since nothing portable tells the end before; while any of the group
// lives the number stays the group's.
func (c *child) wait() status {
	defer c.system.keeper.release()
	defer c.system.keeper.of().forget(c.process.Pid)
	state, err := c.process.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signalGroup(syscall.SIGKILL)
	c.system.keeper.over(c.process.Pid)
	c.reaped = true
	return statusOf(state, err)
}

// fionread asks how many bytes a pipe holds (sys/filio.h, the same on all).
const fionread = 0x4004667f
