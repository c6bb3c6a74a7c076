package stdio

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"sync"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
)

// faultError says that a user's code panicked or ended its goroutine where its
// answer was awaited.
type faultError struct {
	of    string // such as "a writer's Write"
	crash *actor.PanicError
}

func (e *faultError) Error() string { return e.of + ": " + e.crash.Error() }
func (e *faultError) Unwrap() error { return e.crash }

// FaultOf is the error of a fault in a user's code, such as "a writer's Write"; nil
// when there was none. It wraps the panic.
func FaultOf(of string, fault *foreign.Fault) error {
	if fault == nil {
		return nil
	}
	return &faultError{of, PanicOf(fault)}
}

// PanicOf is the fault as a panic, with its stack; that a goroutine was ended is
// told as the value of one. The fault must not be nil.
func PanicOf(fault *foreign.Fault) *actor.PanicError {
	if fault.Panic == nil {
		return &actor.PanicError{Value: fault.Error()}
	}
	crash := actor.NewPanicError(fault.Panic)
	crash.Stack = fault.Stack
	return crash
}

// SafeWriter is a writer of a user, which several goroutines write to, one at a time.
// When it panics or ends its goroutine, that Write has an error of [FaultOf], and
// what comes after is lost.
type SafeWriter struct {
	mu     sync.Mutex
	w      io.Writer
	broken bool
}

// NewSafeWriter makes a SafeWriter of a user's writer, which must not be nil.
func NewSafeWriter(w io.Writer) *SafeWriter { return &SafeWriter{w: w} }

// Write implements [io.Writer]; any goroutine may call it.
func (u *SafeWriter) Write(p []byte) (n int, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.broken {
		return len(p), nil
	}
	write := func() { n, err = u.w.Write(p) }
	var fault *foreign.Fault
	if isPlainWriter(u.w) {
		fault = foreign.Do(write)
	} else {
		fault = foreign.Survive(write)
	}
	if fault != nil {
		u.broken = true
		return 0, FaultOf("a writer's Write", fault)
	}
	return n, actor.SafeError(err)
}

// OneAtATime makes a [SafeWriter] of each writer, one for both if they are the same:
// calls under one context may run at once in several workers. Nil stays nil.
func OneAtATime(stdout, stderr io.Writer) (forStdout, forStderr io.Writer) {
	if stdout != nil {
		forStdout = NewSafeWriter(stdout)
	}
	switch {
	case stderr == nil:
	case same(stdout, stderr):
		forStderr = forStdout
	default:
		forStderr = NewSafeWriter(stderr)
	}
	return forStdout, forStderr
}

// same compares two writers, also ones whose type cannot be compared.
func same(a, b io.Writer) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// isPlainWriter reports whether it is known that w does not end the goroutine.
func isPlainWriter(w io.Writer) bool {
	switch w.(type) {
	case *os.File, *bytes.Buffer, *strings.Builder, *SafeWriter:
		return true
	}
	return reflect.TypeOf(w) == reflect.TypeOf(io.Discard)
}

// reader is a reader of a user. It fails when that panics or ends its
// goroutine.
type reader struct{ from io.Reader }

// SafeReader makes a reader that fails when that of a user panics or ends its
// goroutine, and has the user's errors otherwise.
func SafeReader(from io.Reader) io.Reader { return reader{from} }

// Read implements [io.Reader].
func (u reader) Read(p []byte) (n int, err error) {
	if fault := foreign.Survive(func() { n, err = u.from.Read(p) }); fault != nil {
		return 0, FaultOf("a reader's Read", fault)
	}
	return n, actor.SafeError(err)
}

// SafeClose closes what is of a user, and leaves it behind when that takes long. A
// panic, and the end of its goroutine, are an error.
func SafeClose(c io.Closer) error {
	err, fault := foreign.Apart(c.Close)
	if fault != nil {
		return FaultOf("a Close", fault)
	}
	return actor.SafeError(err)
}

// LogBroken returns what has the log tell of a [SafeWriter] that panicked and gets
// nothing more; of another error it tells nothing.
func LogBroken(log *slog.Logger) func(error) {
	return func(err error) {
		var crash *actor.PanicError
		if errors.As(err, &crash) {
			record.WriterPanicked.Log(log, record.Panic(crash.Value), record.Stack(crash.Stack))
		}
	}
}
