package procactor

import (
	"bytes"
	"cmp"
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

// faulty is the error of a fault; nil when there was none.
func faulty(of string, fault *foreign.Fault) error {
	if fault == nil {
		return nil
	}
	return &faultError{of, panicOf(fault)}
}

// panicOf is the fault as a panic.
func panicOf(fault *foreign.Fault) *actor.PanicError {
	if fault.Panic == nil {
		return &actor.PanicError{Value: fault.Error()}
	}
	crash := actor.NewPanicError(fault.Panic)
	crash.Stack = fault.Stack
	return crash
}

// usersWriter is a writer of a user, which several goroutines write to, one at
// a time. When it panics or ends its goroutine, that Write has a *faultError,
// and what comes after is lost.
type usersWriter struct {
	mu     sync.Mutex
	w      io.Writer
	broken bool
}

// Write implements [io.Writer].
func (u *usersWriter) Write(p []byte) (n int, err error) {
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
		return 0, faulty("a writer's Write", fault)
	}
	return n, actor.SafeError(err)
}

// isPlainWriter reports whether it is known that w does not end the goroutine.
func isPlainWriter(w io.Writer) bool {
	switch w.(type) {
	case *os.File, *bytes.Buffer, *strings.Builder, *usersWriter:
		return true
	}
	return reflect.TypeOf(w) == reflect.TypeOf(io.Discard)
}

// usersReader is a reader of a user. It fails when that panics or ends its
// goroutine.
type usersReader struct{ from io.Reader }

// Read implements [io.Reader].
func (u usersReader) Read(p []byte) (n int, err error) {
	if fault := foreign.Survive(func() { n, err = u.from.Read(p) }); fault != nil {
		return 0, faulty("a reader's Read", fault)
	}
	return n, actor.SafeError(err)
}

// usersChannel is what a Worker's Channel made of the worker's channel.
type usersChannel struct{ rwc io.ReadWriteCloser }

// Read implements [io.Reader].
func (u usersChannel) Read(p []byte) (int, error) { return usersReader{u.rwc}.Read(p) }

// Write implements [io.Writer].
func (u usersChannel) Write(p []byte) (n int, err error) {
	if fault := foreign.Survive(func() { n, err = u.rwc.Write(p) }); fault != nil {
		return 0, faulty("the Write of what Worker.Channel returned", fault)
	}
	return n, actor.SafeError(err)
}

// Close implements [io.Closer]. One that does not return is left behind.
func (u usersChannel) Close() error { return closeUsers(u.rwc) }

// closeUsers closes what is of a user, and leaves it behind when that takes
// long.
func closeUsers(c io.Closer) error {
	err, fault := foreign.Apart(c.Close)
	if fault != nil {
		return faulty("a Close", fault)
	}
	return actor.SafeError(err)
}

// channelOf is what the Worker's Channel makes of the worker's channel; that
// itself when there is none, or something is wrong with it.
func channelOf(w Worker, own io.ReadWriteCloser) (io.ReadWriteCloser, error) {
	if w.Channel == nil {
		return own, nil
	}
	made, fault := foreign.ApartFor(cmp.Or(w.StartTimeout, defaultStartTimeout), func() io.ReadWriteCloser { return w.Channel(own) })
	switch {
	case fault != nil:
		return own, &WorkerError{Field: "Channel", Problem: "went wrong", Hint: "have it return what the frames are read from and written to", Err: faulty("the function", fault)}
	case made == nil:
		return own, &WorkerError{Field: "Channel", Problem: "returned nil", Hint: "return what it was given, or what wraps that"}
	}
	if _, ours := made.(*duplex); ours {
		return made, nil
	}
	return usersChannel{made}, nil
}

// writerBroken has a log tell of a writer that gets nothing more.
func writerBroken(log *slog.Logger) func(error) {
	return func(err error) {
		var crash *actor.PanicError
		if errors.As(err, &crash) {
			record.WriterPanicked.Log(log, record.Panic(crash.Value), record.Stack(crash.Stack))
		}
	}
}
