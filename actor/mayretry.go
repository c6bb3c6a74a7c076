package actor

import (
	"context"
	"errors"
)

// MayRetry reports whether the request of a failed call may be made again, to
// the same Ref: it certainly did not begin to run, and who would run it is there
// or will come. It is true of a full queue, of a worker that was about to stop,
// of a lost link to one that will be replaced, and of an actor that a supervisor
// is restarting; wait a little before you try, and bound how often.
//
// It is false, of what [ErrNotStarted] matches, too, when
//   - nobody is there, nor will come: [ErrNoActor], [ErrDraining], [ErrClosed];
//   - the caller's own context ended: another try needs another context. The
//     end of a time that the target itself allows, [ErrTimeout], is another
//     matter: then it may be tried again, if it did not begin;
//   - it would be refused again: [ErrRefused], [ErrType], [ErrName],
//     [ErrNoSpawner], [ErrSelfCall], [ErrStreamUsed].
//
// It asks the outermost [CallError] of err: what that ran to its end and
// returned, be it the error of another call, is an answer. Of several that are
// joined each must allow it, and so must what is joined with them. It is false
// of nil, and of what is no error of a call.
func MayRetry(err error) bool { return retryOf(err) == retryYes }

// retry is what a part of an error says of another try.
type retry uint8

const (
	retryUnsaid retry = iota
	retryYes
	retryNo
)

func retryOf(err error) retry {
	switch e := err.(type) { //nolint:errorlint // each level is asked by itself
	case nil:
		return retryUnsaid
	case *CallError:
		if e == nil || e.Delivery > NotStarted || isLasting(e.Err) {
			return retryNo
		}
		return retryYes
	case interface{ Unwrap() []error }:
		if isLastingItself(err) {
			return retryNo
		}
		all := retryUnsaid
		for _, part := range e.Unwrap() {
			all = max(all, retryOf(part))
		}
		return all
	case interface{ Unwrap() error }:
		if isLastingItself(err) {
			return retryNo
		}
		return retryOf(e.Unwrap())
	}
	switch {
	case isLastingItself(err):
		return retryNo
	case err == ErrNotStarted: //nolint:errorlint // of a Target that says no more
		return retryYes
	}
	return retryUnsaid
}

// lasting are the classes of errors that come again each time.
func lasting() []error {
	return []error{ErrNoActor, ErrDraining, ErrClosed, ErrRefused, ErrType, ErrName, ErrNoSpawner, ErrNotParent, ErrSelfCall, ErrStreamUsed, ErrSecondReply}
}

// isLasting reports whether why a call did not start comes again each time.
func isLasting(why error) bool {
	for _, class := range lasting() {
		if errors.Is(why, class) {
			return true
		}
	}
	return isContextEnd(why) && !errors.Is(why, ErrTimeout)
}

// isLastingItself is isLasting for err without what it wraps.
func isLastingItself(err error) bool {
	own, _ := err.(interface{ Is(target error) bool })
	for _, class := range append(lasting(), context.Canceled, context.DeadlineExceeded) {
		if err == class || own != nil && own.Is(class) { //nolint:errorlint // what it wraps is asked by itself
			return true
		}
	}
	return false
}

func isContextEnd(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
