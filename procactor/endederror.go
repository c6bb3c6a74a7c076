package procactor

import (
	"errors"

	"github.com/proctor-dev/proctor/actor"
)

// endedError is the death of a worker after which nobody is there to be given
// the request again. It is the error of a call, and so not that of the actor.
type endedError struct {
	died error
	gone error
}

// Error tells each death once.
func (e *endedError) Error() string {
	gone := e.gone.Error()
	if sameProcess(e.gone, e.died) {
		gone = actor.ErrNoActor.Error()
	}
	return e.died.Error() + "; not delivered again: " + gone
}

// Unwrap returns the death.
func (e *endedError) Unwrap() error { return e.died }

// sameProcess reports whether both errors tell of the death of one process.
func sameProcess(a, b error) bool {
	one, _ := errors.AsType[*ExitError](a)
	other, _ := errors.AsType[*ExitError](b)
	return one != nil && other != nil && one.PID == other.PID
}
