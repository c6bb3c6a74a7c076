package targettest

import "context"

// Endless is the N of an [Emit] that sends items without end.
const Endless = -1

// Op says what [Handle] does with a [Request].
type Op uint8

// The operations. Those that need a Line report there under Key.
const (
	// Echo replies with the request's N and Text.
	Echo Op = iota
	// Note reports and replies like Echo; it needs Line.
	Note
	// Fail returns an error with the request's Text.
	Fail
	// Panic panics with the request's Text.
	Panic
	// Exit returns an [*ExitRequest] with N as its code.
	Exit
	// Hold reports, waits to be released or canceled, and reports which. When
	// released it replies like Echo; when canceled it waits to be released all
	// the same, then returns the context's error. It needs Line.
	Hold
	// Block is Hold that ignores its context.
	Block
	// Emit sends N items, numbered from 0, or without end when N is [Endless] (any
	// negative number), then does what Then says; Echo as Then means that it is done. Under a
	// Line it tells how many it sent, when asked and when it is done.
	Emit
	// Value replies with the text that [WithValue] put into the context.
	Value
)

// Request is what the actor under test is asked. It has only plain fields, so
// that any codec carries it.
type Request struct {
	Op   Op
	Then Op     // after Emit
	N    int    // see Op
	Text string // see Op
	Line string // address of the test's listener; empty for none
	Key  string // under which the handler reports
}

// Response is what it answers.
type Response struct {
	N    int
	Text string
}

// ExitRequest is the error of [Handle] for [Exit]: whoever installs Handle maps
// it to what ends his actor without a reply, such as os.Exit in a process.
type ExitRequest struct{ Code int }

// Error says that an exit was asked for; the code is in its field.
func (*ExitRequest) Error() string { return "the request asks the actor to exit" }

type valueKey struct{}

// WithValue returns a context whose value [Value] replies with, if the target
// carries the values of contexts.
func WithValue(ctx context.Context, text string) context.Context {
	return context.WithValue(ctx, valueKey{}, text)
}
