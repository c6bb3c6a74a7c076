package actor

import (
	"errors"
	"fmt"
)

// Sound returns err, or what stands for it: a *[NilPointerError] when it is a nil
// pointer, and a *[PanicError] when somebody who looks into it, by [errors.Is] or
// [errors.As], would panic, as it is with a nil pointer that it wraps. It is for those who
// take errors from the code of others; [Life.End] does it for all.
func Sound(err error) error {
	switch err {
	case nil, ErrNormal, ErrShutdown, ErrKilled: //nolint:errorlint // the usual ones, and nothing that is wrapped
		return err
	}
	if none := nilPointer(err); none != nil {
		return none
	}
	switch err.(type) { //nolint:errorlint // about the outermost, which is asked first
	case interface{ Unwrap() error }, interface{ Unwrap() []error }, interface{ Is(error) bool }, interface{ As(any) bool }:
	default:
		return err // there is nothing to look into, and most crashes are so
	}
	if fault := faultOf(err); fault != "" {
		return NewPanicError(fault)
	}
	return err
}

// probe is an error that no other one wraps.
type probe struct{}

func (*probe) Error() string { return "probe" }

// faultOf says what panics when somebody looks into err; empty when nothing
// does.
func faultOf(err error) (fault string) {
	defer func() {
		if v := recover(); v != nil {
			// Sprint bears an Error that panics.
			fault = fmt.Sprintf("%v, in a method of the error %q (%T)", v, fmt.Sprint(err), err)
		}
	}()
	none := new(probe)
	_ = errors.Is(err, none) || errors.As(err, &none)
	return ""
}
