package procactor

import (
	"errors"
	"os"
	"sync"
	"time"
)

// child is a started operating-system process, the leader of a group. What is
// system-specific is in child_*.go. All methods may be called from any
// goroutine; wait is called once.
type child struct {
	process *os.Process
	system  systemChild

	mu     sync.Mutex // held while the group is signaled, and while it is reaped
	killed bool       // by us
	reaped bool       // the process's number may be another's by now
}

func (c *child) pid() int { return c.process.Pid }

func (c *child) sighted()       { c.system.autopsy.sighted(c.process.Pid) }
func (c *child) manner() manner { return c.system.autopsy.manner() }

// signal sends a signal unless the process's number may be another's.
func (c *child) signal(sig os.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return os.ErrProcessDone
	}
	return c.process.Signal(sig)
}

// leaving reports whether the process has ended, though it may not have been
// told yet, or has begun to.
func (c *child) leaving() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reaped || c.process != nil && exiting(c.process.Pid)
}

// status is how a process ended, as the system tells. Its zero value is of one of
// which nothing is known, or that exited with status 0.
type status struct {
	code   int       // -1 when a signal ended it, or nobody knows
	signal os.Signal // nil: none did, or nobody knows
	err    error     // why the system did not tell; nil: it did

	state *os.ProcessState // nil: there is none
}

// statusOf reads what the wait for a process has returned.
func statusOf(state *os.ProcessState, err error) status {
	if err != nil {
		return status{code: -1, err: err}
	}
	code, sig := exitStatus(state)
	return status{code: code, signal: sig, state: state}
}

// cpu returns the processor time that it took, with that of its children that it
// has waited for; false when the system did not tell.
func (s status) cpu() (used time.Duration, ok bool) {
	if s.state == nil {
		return 0, false
	}
	return s.state.UserTime() + s.state.SystemTime(), true
}

// trouble says how it ended, unless it exited with status 0.
func (s status) trouble() error {
	if s.err != nil || s.state.Success() {
		return s.err
	}
	return errors.New(s.state.String())
}

// launchPlan is what startChild is told: everything decided, nothing done.
type launchPlan struct {
	path string
	argv []string
	env  []string
	dir  string

	keeper keeper  // who guards it; nil: nobody
	family *family // whose it is, when nobody guards it; nil: nobody's
}

// guardedBy returns who is told of the process; never nil.
func (p launchPlan) guardedBy() keeper {
	if p.keeper == nil {
		return nobody{p.family}
	}
	return p.keeper
}

// keeper sees to it that a process does not outlive this one. It is told of all
// that becomes of the process, from before its start until it was reaped. Its
// methods are called from several goroutines. On Windows nobody is told: there a
// job object does all of it.
type keeper interface {
	// of returns what the processes of the same owner share; nil: nothing.
	of() *family
	// mortal reports whether the kernel is to kill the process when the thread
	// that has started it ends, which spawn then sees to.
	mortal() bool
	// spawn calls start, which starts the process, and returns when it did.
	spawn(start func())
	// born is called when it was started, and before anybody can have reaped it.
	born(pid int)
	// over is called when it has ended and its group was killed, but before it is
	// reaped: afterwards the number may be a stranger's.
	over(pid int)
	// release is called when it was reaped. Whoever plans a process calls it when
	// none came of it.
	release()
}

// nobody is the keeper of a process that nobody guards.
type nobody struct{ family *family }

func (n nobody) of() *family      { return n.family }
func (nobody) mortal() bool       { return false }
func (nobody) spawn(start func()) { start() }
func (nobody) born(int)           {}
func (nobody) over(int)           {}
func (nobody) release()           {}
