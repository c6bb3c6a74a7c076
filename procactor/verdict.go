package procactor

import (
	"errors"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// endOfLife is the reason with which a life ends whose process has: stopped is why
// somebody stopped it, nil when nobody did, and own the reason it would have then.
func endOfLife(stopped error, died *ExitError, forced bool, own error) error {
	switch {
	case stopped == nil:
		return own
	case died.Code == 0 && died.Signal == nil:
		return stopped
	case errors.Is(stopped, actor.ErrKilled):
		return &orderedEnd{actor.ErrKilled, died}
	case !died.Killed:
		return own
	case forced:
		late := *died
		late.Why = &lateError{stopped}
		if errors.Is(died.Why, osproc.ErrNotReaped) {
			late.Why = fmt.Errorf("%w: %w", osproc.ErrNotReaped, late.Why)
		}
		return &late
	}
	return &orderedEnd{stopped, died}
}

// orderedEnd is the reason of a life that was stopped, when its process did not
// exit with status 0.
type orderedEnd struct {
	order error
	died  *ExitError
}

// Error tells the order once: mostly it is why we ended the process.
func (e *orderedEnd) Error() string {
	if foreign.Is(e.died.Why, e.order) {
		return e.died.Error()
	}
	return fmt.Sprintf("%v: %v", e.order, e.died)
}

// Unwrap returns the order and the death.
func (e *orderedEnd) Unwrap() []error { return []error{e.order, e.died} }

// lateError is why a process was killed that did not end when it was asked to. It
// is an [actor.ErrKilled], and no normal end, as the one that was asked for would
// have been.
type lateError struct{ order error }

func (e *lateError) Error() string {
	return fmt.Sprintf("it was asked to end (%v) and did not in time", e.order)
}

func (e *lateError) Unwrap() error { return actor.ErrKilled }
