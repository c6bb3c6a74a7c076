package actor

import (
	"context"
	"iter"
)

// Target is what a [Ref] points at: an in-process actor, a worker process, a
// pool, a command, a test's fake, or a decorator that measures or
// retries. A new way to be called is a new Target; package targettest holds
// what it must do. All methods may be called from any goroutine; every error
// is a *[CallError].
type Target[Req, Resp any] interface {
	// Name returns the actor's path.
	Name() string
	// PID returns the incarnation that serves now; false when there is none.
	PID() (PID, bool)
	// Call sends the request and waits for its reply or ctx.
	Call(ctx context.Context, req Req) (Resp, error)
	// Cast sends the request and does not wait for it to be handled. ctx
	// bounds admission; its values travel, its cancellation does not.
	Cast(ctx context.Context, req Req) error
	// Stream sends the request when ranged over, and yields the items with nil
	// errors, then at most one error, last. It is single-use. Leaving the loop
	// cancels the request.
	Stream(ctx context.Context, req Req) iter.Seq2[Resp, error]
	// Watch watches the life that PID names; while there is none the next, and
	// when no next will come the Down says ErrNoActor. See [System.Watch] for
	// the channel.
	Watch(ctx context.Context) <-chan Down
}

// Ref is where requests go. It names an actor, not one life of it, so it
// outlives restarts: what is sent while no life runs is queued for the next. A
// Ref is a small value, to be copied; the zero Ref answers [ErrNoActor].
type Ref[Req, Resp any] struct{ target Target[Req, Resp] }

// NewRef returns a Ref to the target.
func NewRef[Req, Resp any](t Target[Req, Resp]) Ref[Req, Resp] { return Ref[Req, Resp]{target: t} }

// Target returns what the Ref points at; nil for the zero Ref.
func (r Ref[Req, Resp]) Target() Target[Req, Resp] { return r.target }

// Name returns the actor's path.
func (r Ref[Req, Resp]) Name() string {
	if r.target == nil {
		return ""
	}
	return r.target.Name()
}

// PID returns the incarnation that serves now; false when there is none.
func (r Ref[Req, Resp]) PID() (PID, bool) {
	if r.target == nil {
		return PID{}, false
	}
	return r.target.PID()
}

// Call sends the request and waits for its reply. It returns when the reply is
// there, when the life that handles the request ends, or when ctx ends,
// whichever is first. Every error is a *[CallError], which says how far the
// request got. A nil ctx is [ErrNoContext], as it is for Cast and Stream.
//
// An actor that calls itself gets [ErrSelfCall], by its own Ref always, otherwise by
// the context that it was given. Two that call each other are not recognized:
// a call from a to b that b answers by a call to a waits until its ctx ends, and
// without a deadline for ever.
func (r Ref[Req, Resp]) Call(ctx context.Context, req Req) (Resp, error) {
	if r.target == nil {
		var none Resp
		return none, noActor("call", "")
	}
	if ctx == nil {
		var none Resp
		return none, r.noContext("call")
	}
	return r.target.Call(ctx, req)
}

// Cast sends the request and returns when it is admitted; nobody hears of its
// outcome. ctx bounds admission; its values travel, its cancellation does not.
// One that nobody begins after all is a [DeadLetter].
func (r Ref[Req, Resp]) Cast(ctx context.Context, req Req) error {
	if r.target == nil {
		return noActor("cast", "")
	}
	if ctx == nil {
		return r.noContext("cast")
	}
	return r.target.Cast(ctx, req)
}

// Stream returns a single-use sequence of the request's items. Ranging over it
// sends the request; values come with nil errors, then at most one error,
// last. Leaving the loop cancels the request.
func (r Ref[Req, Resp]) Stream(ctx context.Context, req Req) iter.Seq2[Resp, error] {
	if r.target == nil {
		return func(yield func(Resp, error) bool) {
			var none Resp
			yield(none, noActor("stream", ""))
		}
	}
	if ctx == nil {
		return func(yield func(Resp, error) bool) {
			var none Resp
			yield(none, r.noContext("stream"))
		}
	}
	return r.target.Stream(ctx, req)
}

// Watch watches the life that serves now, or the next; see [Target]. A nil ctx
// never ends.
func (r Ref[Req, Resp]) Watch(ctx context.Context) <-chan Down {
	if r.target == nil {
		w := newWatcher()
		w.deliver(Down{Reason: ErrNoActor})
		return w.out
	}
	return r.target.Watch(orBackground(ctx))
}

// noContext is the error of a request under nil.
func (r Ref[Req, Resp]) noContext(op string) error {
	return &CallError{Op: op, PID: PID{Name: r.Name()}, Delivery: NotSent, Err: ErrNoContext}
}

// orBackground is ctx, or for nil one that nothing ends, where no error can
// say that a context was wanted.
func orBackground(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}

func noActor(op, name string) error {
	return &CallError{Op: op, PID: PID{Name: name}, Delivery: NotSent, Err: ErrNoActor}
}
