package actor

import (
	"fmt"

	"github.com/proctor-dev/proctor/internal/foreign"
)

// SafeError returns err, or what stands for it when somebody who looks into it, by
// its text, [errors.Is] or [errors.As], would come to harm: a *[NilPointerError]
// when it is or wraps a nil pointer, a *[PanicError] when a method of it
// panics, and a *[BadError] when one ends the goroutine or does not return
// within five seconds. It is for those who take errors from the code of others,
// as those do who write another kind of actor; [Life.End] does it for all.
func SafeError(err error) error {
	switch err {
	case nil, ErrNormal, ErrShutdown, ErrKilled: //nolint:errorlint // the usual ones, and nothing that is wrapped
		return err
	}
	if flaw := foreign.Examine(err); flaw != nil {
		return standIn(err, flaw)
	}
	return err
}

// standIn is what stands for err.
func standIn(err error, flaw *foreign.Flaw) error {
	switch {
	case flaw.Nil != "":
		none := &NilPointerError{Type: flaw.Nil}
		if none.Type != fmt.Sprintf("%T", err) {
			none.In = flaw.Text
		}
		return none
	case flaw.Fault.Panic != nil:
		text := fmt.Sprintf("%v, in a method of the error %s", flaw.Fault.Panic, flaw.Text)
		return &PanicError{Value: text, Stack: flaw.Fault.Stack}
	}
	return &BadError{Type: fmt.Sprintf("%T", err), Fault: flaw.Fault.Error()}
}

// BadError stands for an error whose methods cannot be asked: one of them ends
// the goroutine that asks, or does not return.
type BadError struct {
	Type  string // such as "*main.myError"
	Fault string // what happened
}

// Error names the type and what happened.
func (e *BadError) Error() string {
	return fmt.Sprintf("the error is a %s that nobody can look into: one of its methods: %s", e.Type, e.Fault)
}

// NilPointerError stands for an error that is a nil pointer, or wraps one,
// which a function returned by mistake: it is not nil, so that it tells of a
// failure, and its methods would panic wherever they are asked.
type NilPointerError struct {
	Type string // such as "*fs.PathError"
	In   string // the text and type of the error that wraps it; empty when it is the error itself
}

// Error names the type and the hint.
func (e *NilPointerError) Error() string {
	if e.In != "" {
		return "the error " + e.In + " holds a nil " + e.Type + ": leave it out when it is nil"
	}
	return "the error is a nil " + e.Type + ": return nil itself for success"
}
