package supervise

import (
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
)

// Cause is what is known of why a child ended, or why its start failed; more
// than one field can be set.
type Cause struct {
	Err         error  // the reason itself
	Exited      bool   // a process ended by itself, with Code
	Code        int    // its exit code, when Exited
	Signal      string // the kernel's name of the signal that ended it, such as "SIGSEGV"; otherwise empty
	OOM         bool   // it was ended for want of memory, as far as that can be told: see procactor.ExitError
	Panic       string // text of the panic that ended it; otherwise empty
	StartFailed bool   // it did not come up, or that was escalated
}

// Causer is an error that knows the cause of an end. The ExitError of a worker
// process is one.
type Causer interface {
	error
	// ExitCause returns the cause. The caller fills in Err, and StartFailed where
	// the error is, or wraps, an *[actor.StartError].
	ExitCause() Cause
}

// exitCause is what the error says, or what goes wrong when it is asked.
func exitCause(causer Causer) Cause {
	c, fault := foreign.Ask(causer, causer.ExitCause)
	if fault != nil {
		return Cause{Panic: fmt.Sprintf("%v, in ExitCause of a %T", fault, causer)}
	}
	return c
}

// CauseOf finds the cause in the reason of an end, or in the error of a failed
// start, which is an *[actor.StartError]. It keeps no state.
func CauseOf(reason error) Cause {
	var c Cause
	if causer, ok := foreign.As[Causer](reason); ok {
		c = exitCause(causer)
	} else if panicked, ok := foreign.As[*actor.PanicError](reason); ok {
		c.Panic = panicked.Error()
	}
	_, failed := foreign.As[*actor.StartError](reason)
	c.Err, c.StartFailed = reason, c.StartFailed || failed
	return c
}
