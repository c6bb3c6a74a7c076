// Package foreign calls code of users where it must not do harm: where a panic,
// the end of the goroutine, or a wait without end would cost somebody else.
package foreign

import (
	"bytes"
	"fmt"
	"runtime/debug"
	"time"
)

// Patience is how long [Apart] waits for what is expected at once, such as the
// text of an error: longer than a machine that is too busy keeps a goroutine.
const Patience = 5 * time.Second

// Fault is how a call of foreign code went wrong. Its zero value is that the
// code ended its goroutine by runtime.Goexit.
type Fault struct {
	Stuck time.Duration // how long it was waited for, when it did not return and was left behind; otherwise zero
	Panic any           // what it panicked with; nil when it did not
	Stack []byte        // of the panic
}

// Error says in words how the call ended.
func (f *Fault) Error() string {
	switch {
	case f.Stuck > 0:
		return fmt.Sprintf("did not return within %v", f.Stuck)
	case f.Panic != nil:
		return fmt.Sprintf("panic: %v", f.Panic)
	}
	return "runtime.Goexit was called"
}

// Do calls f here and returns its panic, nil when it did not. It is for code
// that may block and end the goroutine: both are its caller's.
func Do(f func()) (fault *Fault) {
	defer func() {
		if v := recover(); v != nil {
			fault = &Fault{Panic: v, Stack: stack()}
		}
	}()
	f()
	return nil
}

// stack is that of this goroutine, without its number, which says nothing when
// it is gone.
func stack() []byte {
	all := debug.Stack()
	if _, rest, ok := bytes.Cut(all, []byte("\n")); ok {
		return rest
	}
	return all
}

// Apart calls f on a goroutine of its own and returns what that does, or how
// it went wrong. One that does not return within [Patience] is left behind.
func Apart[T any](f func() T) (T, *Fault) { return ApartFor(Patience, f) }

// ApartFor is Apart with another patience.
func ApartFor[T any](patience time.Duration, f func() T) (T, *Fault) {
	type end struct {
		value T
		fault *Fault
	}
	ended := make(chan end, 1)
	go func() {
		e := end{fault: &Fault{}} // of a Goexit
		defer func() { ended <- e }()
		if fault := Do(func() { e.value = f() }); fault != nil {
			e.fault = fault
			return
		}
		e.fault = nil
	}()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case e := <-ended:
		return e.value, e.fault
	case <-limit.C:
		var none T
		return none, &Fault{Stuck: patience}
	}
}

// Survive calls f on a goroutine of its own, which it may end, and waits for it
// as long as it takes.
func Survive(f func()) *Fault {
	ended := make(chan *Fault, 1)
	go func() {
		fault := &Fault{} // of a Goexit
		defer func() { ended <- fault }()
		fault = Do(f)
	}()
	return <-ended
}

// CalledGoexit tells a deferred function whether its goroutine is being ended
// by runtime.Goexit, rather than by a panic.
func CalledGoexit() bool { return bytes.Contains(debug.Stack(), []byte("runtime.Goexit(")) }
