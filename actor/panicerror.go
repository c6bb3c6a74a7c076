package actor

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/proctor-dev/proctor/internal/foreign"
)

// PanicError is the reason of a life that ended in a panic, and what the
// caller of the request that caused it sees.
type PanicError struct {
	Value any    // what was given to panic; text when it came from another process
	Stack []byte // the stack of the goroutine that panicked
}

// NewPanicError wraps a recovered value. Call it in the deferred function that
// recovered: it takes the stack of the calling goroutine. An error, or any other
// value, of which a method panics when it is printed or looked into is kept as text.
func NewPanicError(value any) *PanicError {
	return &PanicError{Value: plainValue(value), Stack: withoutHead(debug.Stack())}
}

// plainValue is value, or its text when its methods cannot be trusted.
func plainValue(value any) any {
	switch v := value.(type) {
	case nil, string, bool, int, uint, float64:
	case goexit:
	case error:
		flaw := foreign.Examine(v)
		if flaw == nil {
			return value
		}
		stand := standIn(v, flaw)
		if panicked, ok := errors.AsType[*PanicError](stand); ok {
			return panicked.Value
		}
		return stand.Error()
	case fmt.Stringer, fmt.Formatter, fmt.GoStringer:
		if _, fault := foreign.Apart(func() string { return fmt.Sprint(v) }); fault != nil {
			return fmt.Sprintf("a %T whose text cannot be had: %v", v, fault)
		}
	}
	return value
}

// withoutHead drops the first line, which names a goroutine that is long gone
// when this is read.
func withoutHead(stack []byte) []byte {
	if _, rest, ok := bytes.Cut(stack, []byte("\n")); ok {
		return rest
	}
	return stack
}

// Error returns the panic's value; the stack is in its field.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value when it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// goexit is the value of a PanicError when a behavior ended its goroutine.
type goexit struct{}

func (goexit) Error() string { return "runtime.Goexit was called" }
