package procactor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// foreignTarget is the Target of one task on a Host of somebody else.
type foreignTarget[In, Out any] struct {
	task Task[In, Out]
	info wire.TaskInfo // of the task
	host Host
	path string // the host's name
	over overtime
}

func (t Task[In, Out]) foreignTarget(h Host) *foreignTarget[In, Out] {
	f := &foreignTarget[In, Out]{task: t, info: t.info(), host: h}
	_ = caught(func() error { f.path = h.Name(); return nil })
	return f
}

// mostWidth bounds what a Host says of its width, so that Map does not take all
// inputs at once.
const mostWidth = 1024

// Errors of a Host that does not do what one must.
var (
	errNoReply  = errors.New("Do returned without a reply and without an error")
	errNoWatch  = errors.New("Watch returned nil, or a channel without a Down")
	errNoReason = errors.New("no reason was given")
)

// Name implements [actor.Target].
func (t *foreignTarget[In, Out]) Name() string { return t.path }

// PID implements [actor.Target].
func (t *foreignTarget[In, Out]) PID() (pid actor.PID, ok bool) {
	if err := caught(func() error { pid, ok = t.host.PID(); return nil }); err != nil {
		return actor.PID{}, false
	}
	return pid, ok
}

// Width returns how many calls the host says that it can run at once.
func (t *foreignTarget[In, Out]) Width() (n int) {
	if w, ok := t.host.(interface{ Width() int }); ok {
		_ = caught(func() error { n = w.Width(); return nil })
	}
	return min(max(n, 1), mostWidth)
}

// Watch implements [actor.Target]: there is one Down, unless ctx ends before.
func (t *foreignTarget[In, Out]) Watch(ctx context.Context) <-chan actor.Down {
	out := make(chan actor.Down, 1)
	go func() {
		defer close(out)
		downs := make(chan (<-chan actor.Down), 1)
		go func() { // it may not return
			var from <-chan actor.Down
			defer func() { downs <- from }()
			_ = foreign.Do(func() { from = t.host.Watch(ctx) })
		}()
		down := actor.Down{PID: actor.PID{Name: t.path}, Reason: &actor.ProtocolError{Peer: "host " + t.path, Err: errNoWatch}}
		select {
		case <-ctx.Done():
			return
		case from := <-downs:
			if from == nil {
				break
			}
			select {
			case <-ctx.Done():
				return
			case d, ok := <-from:
				if ok {
					down = d
				} else if ctx.Err() != nil {
					return
				}
			}
		}
		if down.Reason = actor.SafeError(down.Reason); down.Reason == nil {
			down.Reason = errNoReason
		}
		out <- down
	}()
	return out
}

// request is the request as it travels, or why it does not.
func (t *foreignTarget[In, Out]) request(ctx context.Context, op string, in In) (*actor.RawRequest, error) {
	refuse := func(err error) (*actor.RawRequest, error) {
		return nil, &actor.CallError{Op: op, PID: actor.PID{Name: t.path}, Delivery: actor.NotSent, Err: err}
	}
	r := &actor.RawRequest{
		Op: op, Task: t.info.Name, In: t.info.Input, Out: t.info.Output, Err: t.info.Error,
		Idempotent: t.info.Idempotent, Concurrent: int(t.info.Concurrent), Attempt: 1,
	}
	var err error
	switch {
	case ctx.Err() != nil:
		return refuse(actor.ContextError(ctx))
	case t.task.in == nil:
		return refuse(errZeroTask)
	case t.task.command != nil:
		return refuse(&HandshakeError{Worker: t.path, Task: t.task.name, Wants: "a host of StartCommands, since it is a command task", Has: "none: it is a Host of another kind"})
	case t.task.stream != nil && op != "stream":
		return refuse(errIsStream)
	}
	if out, _ := outputOf(ctx); out.stdout != nil || out.stderr != nil {
		return refuse(&OutputError{Task: t.task.name, Concurrent: int(t.info.Concurrent), Host: t.path})
	}
	if err = t.task.carried(); err != nil {
		return refuse(refused(err))
	}
	if r.Body, err = appendValue(t.task.in, nil, in); err != nil {
		return refuse(refused(fmt.Errorf("the input does not encode: %w", err)))
	}
	if t.task.key != nil {
		if r.Key, err = keyOf(t.task.key, in); err != nil {
			return refuse(fmt.Errorf("the key of the input: %w", err))
		}
		if len(r.Key) > MaxKey {
			return refuse(&KeyError{Task: t.task.name, Len: len(r.Key)})
		}
	}
	if parent := traceparentOf(ctx); parent != "" {
		r.Meta = map[string]string{metaTraceparent: parent}
	}
	return r, nil
}

// bounded adds the task's own timeout, and an end by us.
func (t *foreignTarget[In, Out]) bounded(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	if t.task.timeout <= 0 {
		return ctx, cancel
	}
	ctx, stop := context.WithTimeoutCause(ctx, t.task.timeout, &t.over)
	return ctx, func(cause error) { cancel(cause); stop() }
}

// Call implements [actor.Target].
func (t *foreignTarget[In, Out]) Call(ctx context.Context, in In) (Out, error) {
	var none, out Out
	ctx, cancel := t.bounded(ctx)
	defer cancel(nil)
	r, err := t.request(ctx, "call", in)
	if err != nil {
		return none, err
	}
	replied := false
	var bad error // the answer was none
	left, err := send(ctx, t.host, r).serve(ctx, func(body []byte) error {
		if replied {
			return actor.ErrSecondReply
		}
		replied = true
		var wrong error
		if out, wrong = parseValue(t.task.out, body, 0); wrong != nil {
			bad = t.undecoded("output", wrong)
		}
		return bad
	})
	switch {
	case bad != nil:
		return none, &actor.CallError{Op: "call", PID: t.life(), Delivery: actor.Done, Err: bad}
	case err != nil || left:
		return none, t.failure(ctx, "call", err)
	case !replied && ctx.Err() != nil:
		return none, t.failure(ctx, "call", actor.ContextError(ctx))
	case !replied:
		return none, t.failure(ctx, "call", &actor.ProtocolError{Peer: "host " + t.path, Err: errNoReply})
	}
	return out, nil
}

// undecoded is the error of an answer, or an item, that does not decode.
func (t *foreignTarget[In, Out]) undecoded(what string, err error) error {
	return &TaskError{Task: t.task.name, Class: wire.ClassOutput, Message: "the " + what + " does not decode: " + err.Error()}
}

// Cast implements [actor.Target].
func (t *foreignTarget[In, Out]) Cast(ctx context.Context, in In) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r, err := t.request(ctx, "cast", in)
	if err != nil {
		return err
	}
	if _, err = send(ctx, t.host, r).serve(ctx, func([]byte) error { return nil }); err != nil {
		return t.failure(ctx, "cast", err)
	}
	return nil
}

// Stream implements [actor.Target].
func (t *foreignTarget[In, Out]) Stream(ctx context.Context, in In) iter.Seq2[Out, error] {
	var used atomic.Bool
	return func(yield func(Out, error) bool) {
		var none Out
		if used.Swap(true) {
			yield(none, &actor.CallError{Op: "stream", PID: actor.PID{Name: t.path}, Delivery: actor.NotSent, Err: actor.ErrStreamUsed})
			return
		}
		if t.task.stream == nil {
			streamOfOne(ctx, t.Call, in, yield)
			return
		}
		ctx, cancel := t.bounded(ctx)
		defer cancel(actor.ErrStreamBroken)
		r, err := t.request(ctx, "stream", in)
		if err != nil {
			yield(none, err)
			return
		}
		broke := false
		var bad error // an item was none
		_, err = send(ctx, t.host, r).serve(ctx, func(body []byte) error {
			item, wrong := parseValue(t.task.out, body, 0)
			switch {
			case wrong != nil:
				bad = t.undecoded("item", wrong)
				cancel(bad)
				return bad
			case !yield(item, nil):
				broke = true
				cancel(actor.ErrStreamBroken)
				return actor.ErrStreamBroken
			}
			return nil
		})
		switch {
		case broke:
		case bad != nil:
			yield(none, &actor.CallError{Op: "stream", PID: t.life(), Delivery: actor.Done, Err: bad})
		case err == nil && ctx.Err() != nil:
			yield(none, t.failure(ctx, "stream", actor.ContextError(ctx))) // it may not be all
		case err != nil:
			yield(none, t.failure(ctx, "stream", err))
		}
	}
}

// life is the host's PID for an error.
func (t *foreignTarget[In, Out]) life() actor.PID {
	if pid, ok := t.PID(); ok {
		return pid
	}
	return actor.PID{Name: t.path}
}

// failure makes the error of a request from that of Do.
func (t *foreignTarget[In, Out]) failure(ctx context.Context, op string, err error) error {
	call := &actor.CallError{Op: op, PID: actor.PID{Name: t.path}, Delivery: actor.Unknown, Err: err}
	raw, isRaw := errors.AsType[*actor.RawError](err)
	if theirs, ok := errors.AsType[*actor.CallError](err); ok {
		call.Delivery = theirs.Delivery
		if theirs.PID != (actor.PID{}) {
			call.PID = theirs.PID
		}
		if theirs == err { //nolint:errorlint // what wraps it says more
			call.Err = theirs.Err
		}
	} else if isRaw {
		call.Delivery = deliveryOf(wire.Class(raw.Class))
	}
	if call.Delivery > actor.Done {
		call.Delivery = actor.Unknown
	}
	if isRaw {
		call.Err = t.taskError(raw)
	}
	if call.Err == nil {
		call.Err = errNoReason
	}
	if ended := actor.ContextError(ctx); ended != nil && (call.Delivery != actor.Done || isContextError(call.Err)) {
		call.Err = withEnd(ended, call.Err)
	}
	return call
}

// withEnd is err of a call whose context had ended, with the caller's own cause.
func withEnd(ended, err error) error {
	if err == ended || err.Error() == ended.Error() { //nolint:errorlint // nothing more is known
		return ended
	}
	return fmt.Errorf("%w: %w", ended, err)
}

// taskError is the error that came back in place of an answer.
func (t *foreignTarget[In, Out]) taskError(raw *actor.RawError) error {
	class := wire.Class(raw.Class)
	if class == wire.ClassUnknownTask {
		return &HandshakeError{Worker: t.path, Task: t.task.name, Wants: describeTask(t.info), Has: "not: " + raw.Message}
	}
	if class < wire.ClassTask || class > wire.ClassStopping {
		class = wire.ClassTask
	}
	if len(raw.Body) > 0 && t.task.errs != nil {
		if typed, err := parseValue(t.task.errs, raw.Body, 0); err == nil && typed != nil {
			return typed
		}
	}
	return &TaskError{Task: t.task.name, Class: class, Message: raw.Message, marks: marked(raw.Marks)}
}
