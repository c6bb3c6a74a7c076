package actor

import (
	"context"
	"errors"

	"github.com/proctor-dev/proctor/internal/foreign"
)

// Behavior is what an in-process actor does with its requests, one at a time.
// Each life gets a fresh value, so a Behavior needs no locks for its own state
// and cannot keep what a crash broke.
//
// Receive handles one request. ctx carries the caller's values, deadline and
// cancellation, is done when the actor is asked to stop, and ends with
// Receive. emit sends a value back: for a call the reply, for a stream the
// next item (it waits for the consumer, and returns an error when that has
// gone), for a cast nothing. The returned error is the request's own error,
// not the actor's: the actor goes on, unless it is [Stop]. A panic ends this
// life, never the program.
type Behavior[Req, Resp any] interface {
	Receive(ctx context.Context, req Req, emit func(Resp) error) error
}

// Initializer is a Behavior that has something to do before its first request.
// [Spawn] returns after Init (OTP's proc_lib:init_ack); its error or panic is
// a failed start. ctx bounds the start only.
type Initializer interface {
	Init(ctx context.Context) error
}

// Terminator is a Behavior that has something to do after its last request:
// when it was asked to stop, or stopped itself. It is not called after a panic
// nor when the life is killed (OTP: terminate/2 of a process that traps exits).
type Terminator interface {
	Terminate(reason error)
}

// Func makes a plain function a [Behavior], as http.HandlerFunc does for
// handlers: what it returns is the reply.
type Func[Req, Resp any] func(ctx context.Context, req Req) (Resp, error)

// Receive calls f and emits what it returned.
func (f Func[Req, Resp]) Receive(ctx context.Context, req Req, emit func(Resp) error) error {
	resp, err := f(ctx, req)
	if err != nil {
		if stop, ok := asStop(err); ok {
			return errors.Join(emit(resp), stop)
		}
		return err
	}
	return emit(resp)
}

// Stop is returned by Receive to end the actor after this request: what was
// emitted is the reply, then the life ends with reason; nil is [ErrNormal].
func Stop(reason error) error {
	if reason == nil {
		reason = ErrNormal
	}
	return &stopError{reason: SafeError(reason)}
}

// stopError carries the wish to stop out of Receive.
type stopError struct{ reason error }

func (e *stopError) Error() string { return "stop: " + e.reason.Error() }

func asStop(err error) (*stopError, bool) {
	if err == nil {
		return nil, false
	}
	return foreign.As[*stopError](err)
}
