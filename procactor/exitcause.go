package procactor

import (
	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/supervise"
)

// ExitCause implements [supervise.Causer]. Its OOM is that of the error.
func (e *ExitError) ExitCause() supervise.Cause {
	c := supervise.Cause{Exited: e.Signal == nil && e.Code >= 0, Code: e.Code, OOM: e.OOM}
	if e.Signal != nil {
		c.Signal = osproc.SignalName(e.Signal)
	}
	if e.Panic != nil {
		c.Panic = e.Panic.Error()
	}
	return c
}

// goodExit is [actor.ErrNormal] of a process that exited with status 0, which a
// rule about exit codes may ask for.
type goodExit struct{}

// Error is that of what it wraps: nothing went wrong that could be told.
func (goodExit) Error() string { return actor.ErrNormal.Error() }

// Unwrap returns [actor.ErrNormal].
func (goodExit) Unwrap() error { return actor.ErrNormal }

// ExitCause implements [supervise.Causer].
func (goodExit) ExitCause() supervise.Cause { return supervise.Cause{Exited: true} }

var (
	_ supervise.Causer = (*ExitError)(nil)
	_ supervise.Causer = goodExit{}
)
