package supervise

import (
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
)

// Cause is what is known of why a child ended, or why its start failed; more
// than one field can be set.
type Cause struct {
	Err         error  // the reason itself
	Exited      bool   // a process ended by itself, with Code
	Code        int    // its exit code, when Exited
	Signal      string // the kernel's name of the signal that ended it, such as "SIGSEGV"; else empty
	OOM         bool   // it was ended for want of memory, as far as that can be told: see procactor.ExitError
	Panic       string // text of the panic that ended it; else empty
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

// exitCause is what the error says, or how it panics, as one of a nil pointer may.
func exitCause(causer Causer) (c Cause) {
	defer func() {
		if v := recover(); v != nil {
			c = Cause{Panic: fmt.Sprintf("panic: %v, in ExitCause of a %T", v, causer)}
		}
	}()
	return causer.ExitCause()
}

// CauseOf finds the cause in the reason of an end, or in the error of a failed
// start, which is an *[actor.StartError]. It keeps no state.
func CauseOf(reason error) Cause {
	var c Cause
	var causer Causer
	var panicked *actor.PanicError
	switch {
	case errors.As(reason, &causer):
		c = exitCause(causer)
	case errors.As(reason, &panicked):
		c.Panic = panicked.Error()
	}
	var failed *actor.StartError
	c.Err, c.StartFailed = reason, c.StartFailed || errors.As(reason, &failed)
	return c
}
