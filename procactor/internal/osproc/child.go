package osproc

import (
	"errors"
	"os"
	"sync"
	"time"
)

// Child is a started operating-system process, the leader of a group of its own
// (on Windows: in a job of its own). Start, StartWorker and StandardFiles.Start make it. All
// methods may be called from any goroutine; Wait is called once, and must be: it
// reaps the process. What is system-specific is in child_*.go.
type Child struct {
	process *os.Process
	system  systemChild

	mu     sync.Mutex // held while the group is signaled, and while it is reaped
	killed bool       // by us
	reaped bool       // the process's number may be another's by now
}

// Pid returns the number of the process. After Wait it may be another's.
func (c *Child) Pid() int { return c.process.Pid }

// Sighted notes that the process lives: it is called when it has come up, and now
// and then while it goes on, so that a kill that the kernel counted until then is not
// taken for its own. It does something every SightEvery at most.
func (c *Child) Sighted() { c.system.autopsy.sighted(c.process.Pid) }

// Manner says why the system ended the process; after Wait, and only of an end that
// was not ours: whoever asks has one counted kill explain it.
func (c *Child) Manner() Manner { return c.system.autopsy.manner() }

// Signal sends a signal to the process, and not to its group. Errors:
// os.ErrProcessDone when it was reaped, and what the system says; Windows only
// knows os.Kill.
func (c *Child) Signal(sig os.Signal) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return os.ErrProcessDone
	}
	return c.process.Signal(sig)
}

// Leaving reports whether the process has ended, though it may not have been
// told yet, or has begun to.
func (c *Child) Leaving() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reaped || c.process != nil && exiting(c.process.Pid)
}

// Status is how a process ended, as the system tells. Its zero value is of one of
// which nothing is known, or that exited with status 0.
type Status struct {
	Code   int       // -1 when a signal ended it, or nobody knows
	Signal os.Signal // nil: none did, or nobody knows
	Err    error     // why the system did not tell; nil: it did

	state *os.ProcessState // nil: there is none
}

// statusOf reads what the wait for a process has returned.
func statusOf(state *os.ProcessState, err error) Status {
	if err != nil {
		return Status{Code: -1, Err: err}
	}
	code, sig := exitStatus(state)
	return Status{Code: code, Signal: sig, state: state}
}

// CPU returns the processor time that it took, with that of its children that it
// has waited for; false when the system did not tell.
func (s Status) CPU() (used time.Duration, ok bool) {
	if s.state == nil {
		return 0, false
	}
	return s.state.UserTime() + s.state.SystemTime(), true
}

// Failure says how it ended, in the words of os/exec; nil if it exited with status 0.
func (s Status) Failure() error {
	if s.Err != nil || s.state == nil || s.state.Success() {
		return s.Err
	}
	return errors.New(s.state.String())
}
