package actor

import (
	"bytes"
	"fmt"
	"runtime/debug"
)

// PanicError is the reason of a life that ended in a panic, and what the
// caller of the request that caused it sees.
type PanicError struct {
	Value any    // what was given to panic; text when it came from another process
	Stack []byte // the stack of the goroutine that panicked
}

// NewPanicError wraps a recovered value. Call it in the deferred function that
// recovered: it takes the stack of the calling goroutine. An error whose methods
// panic is kept as text.
func NewPanicError(value any) *PanicError {
	if err, ok := value.(error); ok {
		if fault := faultOf(err); fault != "" {
			value = fault // for those who unwrap
		}
	}
	stack := debug.Stack()
	// The first line names a goroutine that is long gone when this is read.
	if _, rest, ok := bytes.Cut(stack, []byte("\n")); ok {
		stack = rest
	}
	return &PanicError{Value: value, Stack: stack}
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
