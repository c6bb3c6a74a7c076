//go:build unix && !linux

package osproc

import (
	"os"
	"syscall"
)

// systemChild has no more than whoever is told of the child: without a pidfd the
// runtime's own way of waiting is used, which takes a thread for each worker.
type systemChild struct {
	keeper Keeper

	autopsy autopsy
}

func (systemChild) prepare(*syscall.SysProcAttr) {}
func (systemChild) started()                     {}

// SelfPath is the file of this very program.
func SelfPath() (string, error) { return os.Executable() }

// Wait returns when the process has ended. Its group is killed after it was
// reaped, since nothing portable tells the end before; while any of the group
// lives the number stays the group's.
func (c *Child) Wait() Status {
	defer c.system.keeper.Release()
	defer c.system.keeper.Family().forget(c.process.Pid)
	state, err := c.process.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sendGroup(syscall.SIGKILL)
	c.system.keeper.Ended(c.process.Pid)
	c.reaped = true
	return statusOf(state, err)
}

// fionread asks how many bytes a pipe holds (sys/filio.h, the same on all).
const fionread = 0x4004667f
