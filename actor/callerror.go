package actor

import "fmt"

// Delivery says how far a request got before its call ended.
type Delivery uint8

// The four answers, from safest to most final.
const (
	// NotSent: the request never left the caller's side.
	NotSent Delivery = iota
	// NotStarted: it was queued or sent, and certainly did not begin to run.
	NotStarted
	// Unknown: it began to run, or may have; nobody can tell how far it got.
	Unknown
	// Done: it ran to its end; the error is its own answer.
	Done
)

// String returns the delivery in words.
func (d Delivery) String() string {
	switch d {
	case NotSent:
		return "not sent"
	case NotStarted:
		return "not started"
	case Unknown:
		return "outcome unknown"
	case Done:
		return "done"
	}
	return fmt.Sprintf("Delivery(%d)", uint8(d))
}

// CallError is the error of every [Ref.Call], [Ref.Cast] and [Ref.Stream] that
// did not succeed. errors.Is(err, [ErrNotStarted]) holds for NotSent and
// NotStarted, errors.Is(err, [ErrOutcomeUnknown]) for Unknown; Err is matched
// as usual.
type CallError struct {
	Op       string   // "call", "cast" or "stream"
	PID      PID      // the life that had the request; without a number when none had
	Delivery Delivery // how far it got
	Err      error    // why it ended
}

// Error says which call of which life ended, why, and, unless it ran to its
// end, how far it got.
func (e *CallError) Error() string {
	if e.Delivery == Done {
		return fmt.Sprintf("%s %s: %v", e.Op, e.PID, e.Err)
	}
	return fmt.Sprintf("%s %s: %v (%s)", e.Op, e.PID, e.Err, e.Delivery)
}

// Unwrap returns why the call ended.
func (e *CallError) Unwrap() error { return e.Err }

// Is lets errors.Is ask for the class of delivery.
func (e *CallError) Is(target error) bool {
	switch target {
	case ErrNotStarted:
		return e.Delivery <= NotStarted
	case ErrOutcomeUnknown:
		return e.Delivery == Unknown
	}
	return false
}
