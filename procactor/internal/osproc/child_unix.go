//go:build unix

package osproc

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// Start starts a process with these descriptors, from 0 on, as the leader of a
// session of its own, and so of a process group: a Ctrl-C at the terminal does
// not reach it, nor does a terminal stop it, and all that it starts can be killed
// with it. Its group it cannot leave, as the leader of a mere group could by
// setpgid into its parent's.
func Start(plan Plan, files ...*os.File) (*Child, error) {
	sys := &syscall.SysProcAttr{Setsid: true}
	told := plan.guardedBy()
	system := systemChild{keeper: told}
	system.prepare(sys)
	if told.DiesWithParent() {
		dieWithThread(sys)
	}
	attr := &os.ProcAttr{Dir: plan.Dir, Env: plan.Env, Files: files, Sys: sys}
	proc, err := startProcess(plan, told, attr)
	if err != nil {
		return nil, err
	}
	told.Started(proc.Pid)
	system.started()
	return &Child{process: proc, system: system}, nil
}

// startProcess retries what only needs a moment: a binary that was written
// just now is busy as long as a child forked meanwhile holds its descriptor
// (golang/go#22315).
func startProcess(plan Plan, told Keeper, attr *os.ProcAttr) (proc *os.Process, err error) {
	wait := time.Millisecond
	for {
		told.Spawn(func() {
			told.Family().spawn(func() int {
				if proc, err = os.StartProcess(plan.Path, plan.Args, attr); err != nil {
					return 0
				}
				return proc.Pid
			})
		})
		if !errors.Is(err, syscall.ETXTBSY) || wait > 200*time.Millisecond {
			return proc, err
		}
		<-time.After(wait)
		wait *= 2
	}
}

// sendGroup signals the worker's process group, and the worker itself if that
// is in another; with c.mu held and before the worker was reaped: afterwards the
// number could be another's.
//
// The leader of a session cannot be in another group. That is looked at all the
// same, since what is at stake is a process that nothing ends; and it is looked
// at, since a program may take a second TERM for an order to hurry.
func (c *Child) sendGroup(sig syscall.Signal) {
	pid := c.process.Pid
	_ = syscall.Kill(-pid, sig)
	if group, err := syscall.Getpgid(pid); err == nil && group != pid {
		_ = c.process.Signal(sig) // by its pidfd; nothing when it was reaped
	}
}

// Terminate asks the worker to end, and wakes it if it is stopped: a TERM
// stays pending on a stopped process.
func (c *Child) Terminate() {
	_ = c.process.Signal(syscall.SIGTERM)
	_ = c.process.Signal(syscall.SIGCONT)
}

// TerminateGroup asks the process and all in its group to end, and wakes those
// that are stopped.
func (c *Child) TerminateGroup() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return
	}
	c.sendGroup(syscall.SIGTERM)
	c.sendGroup(syscall.SIGCONT)
}

// KillGroup kills the worker and all in its process group.
func (c *Child) KillGroup() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return
	}
	c.killed = true
	c.sendGroup(syscall.SIGKILL)
	_ = c.process.Signal(syscall.SIGKILL)
}

// Dump asks a Go program for the stacks of its goroutines, of which it dies.
func (c *Child) Dump() { _ = c.process.Signal(syscall.SIGQUIT) }

// SignalGroup sends a signal to all in the process's group, unless the number may
// be another's.
func (c *Child) SignalGroup(sig os.Signal) error {
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
