package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// taskTarget is the Target of one task on one host of this package.
type taskTarget[In, Out any] struct {
	task Task[In, Out]
	info wire.TaskInfo // of the task
	host ownHost
	idle sync.Pool // of *request: what a call needs and the next one can use again
	over overtime  // ends what takes longer than the task's own timeout
}

// overtime is [actor.ErrTimeout] of one target, to tell it from that of another,
// whose call makes this one.
type overtime struct{ _ byte }

// Error is that of what it wraps.
func (*overtime) Error() string { return actor.ErrTimeout.Error() }

// Unwrap returns [actor.ErrTimeout].
func (*overtime) Unwrap() error { return actor.ErrTimeout }

// Name implements [actor.Target].
func (t *taskTarget[In, Out]) Name() string { return t.host.name() }

// PID implements [actor.Target]: of a pool, that of the pool itself.
func (t *taskTarget[In, Out]) PID() (actor.PID, bool) { return pidOf(t.host) }

// Watch implements [actor.Target]: of a pool it watches the pool itself.
func (t *taskTarget[In, Out]) Watch(ctx context.Context) <-chan actor.Down {
	return watchOf(ctx, t.host)
}

// Width returns how many calls the host can run at once; [Map] asks for it.
func (t *taskTarget[In, Out]) Width() int {
	c, err := t.host.find()
	if err != nil {
		return 1
	}
	return c.maxWidth(max(1, t.task.concurrent))
}

// prepare encodes the input, and refuses what needs no worker to be refused.
func (t *taskTarget[In, Out]) prepare(ctx context.Context, op string, in In, r *request) (*dispatcher, error) {
	refuse := func(err error) (*dispatcher, error) {
		return nil, &actor.CallError{Op: op, PID: actor.PID{Name: t.host.name()}, Delivery: actor.NotSent, Err: err}
	}
	if ctx.Err() != nil {
		return refuse(actor.ContextError(ctx))
	}
	if t.task.in == nil {
		return refuse(errZeroTask)
	}
	c, err := t.host.find()
	if err != nil {
		return refuse(err)
	}
	if !c.sys.Admits(ctx) {
		return refuse(actor.ErrDraining)
	}
	r.info, r.op = t.info, op
	if t.task.command != nil {
		r.command = &commandJob[In, Out]{task: &t.task, in: in}
	} else if err := mixed(ctx, t.info); err != nil {
		return refuse(err)
	} else if err := t.task.carried(); err != nil {
		return refuse(refused(err))
	} else if r.body, err = appendValue(t.task.in, r.body[:0], in); err != nil {
		return refuse(refused(fmt.Errorf("the input does not encode: %w", err)))
	}
	if t.task.key != nil {
		if r.key, err = keyOf(t.task.key, in); err != nil {
			return refuse(fmt.Errorf("the key of the input: %w", err))
		}
		if len(r.key) > MaxKey {
			return refuse(&KeyError{Task: t.task.name, Len: len(r.key)})
		}
		r.timeout, r.over = t.timeout(), &t.over
	}
	return c, nil
}

// timeout is the task's own, zero when it has none or that does not apply.
func (t *taskTarget[In, Out]) timeout() time.Duration {
	if t.task.timeout <= 0 {
		return 0
	}
	if c, err := t.host.find(); err == nil && c.debugged.Load() {
		return 0 // a worker of the host waits for a debugger, or for whoever uses it
	}
	return t.task.timeout
}

// bounded adds the task's own timeout.
func (t *taskTarget[In, Out]) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	timeout := t.timeout()
	if timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, timeout, &t.over)
}

// Call implements [actor.Target].
func (t *taskTarget[In, Out]) Call(ctx context.Context, in In) (Out, error) {
	if t.task.command != nil {
		return t.callCommand(ctx, in)
	}
	var none Out
	ctx, cancel := t.bounded(ctx)
	defer cancel()
	r, _ := t.idle.Get().(*request)
	if r == nil {
		r = new(request)
	}
	c, err := t.prepare(ctx, "call", in, r)
	if err != nil {
		return none, err
	}
	if r.info.Stream {
		return none, &actor.CallError{Op: "call", PID: actor.PID{Name: t.host.name()}, Err: errIsStream}
	}
	o := c.do(ctx, r)
	if !o.open && cap(r.body) <= link.KeepBuffer {
		defer t.idle.Put(r) // after the answer was read out of it
	}
	if o.answer.err != nil || o.answer.kind != wire.KindReply {
		return none, t.failure(ctx, r, o)
	}
	reply, err := wire.ParseReply(o.answer.payload)
	if err == nil {
		var out Out
		if out, err = parseValue(t.task.out, reply.Body, memoryFor(o.limits)); err != nil {
			err = &TaskError{Task: t.task.name, Class: wire.ClassOutput, Message: "the output does not decode: " + err.Error()}
			err = withFault(err, measured(ctx, reply.Measures))
		} else if err = measured(ctx, reply.Measures); err == nil {
			return out, nil
		}
	} else {
		err = &actor.ProtocolError{Peer: "worker " + o.pid.String(), Err: err}
	}
	return none, &actor.CallError{Op: "call", PID: o.pid, Delivery: actor.Done, Err: err}
}

// memoryFor is what decoding one message may take where these limits were
// agreed, unless the task's codec has a bound of its own.
func memoryFor(l wire.Limits) int64 { return 4 * int64(l.MaxBody) }

// Errors of calling a task in a way it was not declared.
var (
	errIsStream = refused(errors.New("the task is a stream: range over Ref.Stream"))
	errZeroTask = refused(errors.New("the Task is its zero value: make it with NewTask or NewStreamTask"))
)

// failure makes the error of a request that did not end in a result.
func (t *taskTarget[In, Out]) failure(ctx context.Context, r *request, o outcome) error {
	call := &actor.CallError{Op: r.op, PID: o.pid, Delivery: o.answer.delivery, Err: o.answer.err}
	if o.answer.err != nil {
		return call
	}
	if r.command != nil {
		call.Delivery, call.Err = actor.Done, r.command.failed()
		return call
	}
	f, err := wire.ParseError(o.answer.payload)
	if err != nil {
		call.Delivery, call.Err = actor.Unknown, &actor.ProtocolError{Peer: "worker " + o.pid.String(), Err: err}
		return call
	}
	call.Delivery = deliveryOf(f.Class)
	if f.Class == wire.ClassUnknownTask {
		call.Err = &HandshakeError{Worker: o.pid.String(), Task: t.task.name, Wants: describeTask(r.info), Has: "not: " + f.Message}
		call.Err = withFault(call.Err, measured(ctx, f.Measures))
		return call
	}
	call.Err = t.taskError(f, o.limits)
	if isContextError(call.Err) {
		awaitDeadline(ctx)
		if ended := actor.ContextError(ctx); ended != nil {
			call.Err = fmt.Errorf("%w: %w", ended, call.Err) // with the caller's own cause
		}
	}
	call.Err = withFault(call.Err, measured(ctx, f.Measures))
	return call
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// awaitDeadline lets ctx notice that its deadline has passed: the worker's own
// timer may be some moments sooner.
func awaitDeadline(ctx context.Context) {
	deadline, ok := ctx.Deadline()
	if !ok || time.Now().Before(deadline) {
		return
	}
	limit := time.NewTimer(deadlineSlack)
	defer limit.Stop()
	select {
	case <-ctx.Done():
	case <-limit.C:
	}
}

// deadlineSlack bounds the wait for a context that is due; one that is not of
// package context may never end.
const deadlineSlack = 100 * time.Millisecond

// taskError is the error that the task returned: typed if its codec can say
// so. What a worker says of a limit counts if it is the one that was agreed.
func (t *taskTarget[In, Out]) taskError(f wire.Failure, agreed wire.Limits) error {
	if len(f.Body) > 0 && t.task.errs != nil {
		if typed, err := parseValue(t.task.errs, f.Body, memoryFor(agreed)); err == nil && typed != nil {
			return typed
		}
	}
	e := &TaskError{Task: t.task.name, Class: f.Class, Message: f.Message, marks: marked(f.Marks)}
	if f.TooLong != nil && f.TooLong.Limit == agreed.MaxBody {
		e.tooLong = f.TooLong
	}
	return e
}

// Stream implements [actor.Target].
func (t *taskTarget[In, Out]) Stream(ctx context.Context, in In) iter.Seq2[Out, error] {
	var used atomic.Bool
	return func(yield func(Out, error) bool) {
		var none Out
		refuse := func(err error) {
			yield(none, &actor.CallError{Op: "stream", PID: actor.PID{Name: t.host.name()}, Delivery: actor.NotSent, Err: err})
		}
		if used.Swap(true) {
			refuse(actor.ErrStreamUsed)
			return
		}
		ctx, cancel := t.bounded(ctx)
		defer cancel()
		r := new(request)
		c, err := t.prepare(ctx, "stream", in, r)
		if err != nil {
			yield(none, err)
			return
		}
		if !r.info.Stream {
			streamOfOne(ctx, t.Call, in, yield)
			return
		}
		broke := false
		r.items = func(ctx context.Context, c *link.Conn, x *link.Exchange) error {
			return c.Consume(ctx, x, func(body []byte) error {
				out, err := parseValue(t.task.out, body, memoryFor(c.Limits()))
				if err != nil {
					return &TaskError{Task: t.task.name, Class: wire.ClassOutput, Message: "an item does not decode: " + err.Error()}
				}
				if !yield(out, nil) {
					broke = true
					return actor.ErrStreamBroken
				}
				return nil
			})
		}
		o := c.do(ctx, r)
		if broke || o.answer.err == nil && o.answer.kind == wire.KindEnd {
			return
		}
		yield(none, t.failure(ctx, r, o))
	}
}

// streamOfOne shows a task that answers once as a stream of one item.
func streamOfOne[In, Out any](ctx context.Context, call func(context.Context, In) (Out, error), in In, yield func(Out, error) bool) {
	out, err := call(ctx, in)
	if call, ok := errors.AsType[*actor.CallError](err); ok {
		call.Op = "stream"
	}
	if err != nil {
		var none Out
		yield(none, err)
		return
	}
	yield(out, nil)
}

// Cast implements [actor.Target]. It returns when the request has a worker or a
// place in the queue; nobody waits for the outcome, so a failure is logged. One
// that certainly did not begin is a dead letter of the System.
func (t *taskTarget[In, Out]) Cast(ctx context.Context, in In) error {
	r := new(request)
	c, err := t.prepare(ctx, "cast", in, r)
	if err != nil {
		return err
	}
	if r.info.Stream {
		return &actor.CallError{Op: "cast", PID: actor.PID{Name: c.path}, Delivery: actor.NotSent, Err: errIsStream}
	}
	return c.cast(ctx, r, in, t)
}

// caster is who makes errors of casts, and bounds them.
type caster interface {
	bounded(ctx context.Context) (context.Context, context.CancelFunc)
	failure(ctx context.Context, r *request, o outcome) error
}

// cast admits the request, and has a goroutine bring it to its end.
func (c *dispatcher) cast(ctx context.Context, r *request, in any, by caster) error {
	a, err := c.admit(ctx, r.info, false)
	if err != nil {
		return &actor.CallError{Op: "cast", PID: actor.PID{Name: c.path}, Delivery: actor.NotSent, Err: err}
	}
	// Whoever cast does not wait, so nothing of his may be written to later.
	detached, cancel := by.bounded(WithMeasures(context.WithoutCancel(ctx), nil))
	go func() {
		defer cancel()
		var err error
		to := actor.PID{Name: c.path}
		fault := &foreign.Fault{} // of a Goexit
		defer func() {
			switch {
			case fault != nil:
				err = &actor.CallError{Op: "cast", PID: to, Delivery: actor.Unknown, Err: stdio.PanicOf(fault)}
			case errors.Is(err, actor.ErrNotStarted):
				c.sys.DeadLetter(actor.DeadLetter{To: to, Request: in, Reason: err})
				return
			case err == nil:
				return
			}
			record.CastFailed.Log(c.sys.Logger(), record.Task(r.info.Name), record.Reason(err))
		}()
		fault = foreign.Do(func() { // it may run functions of a command task
			o := c.deliver(detached, r, a)
			to = cmp.Or(o.pid, to)
			if o.answer.err != nil || o.answer.kind != wire.KindReply {
				err = by.failure(detached, r, o)
			}
		})
	}()
	return nil
}
