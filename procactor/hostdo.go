package procactor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// errand is one Do of a Host of somebody else, on a goroutine of its own. What
// that replies is taken by the goroutine of the caller: it decodes and hands on
// there, where it may panic, and the Host waits for it.
type errand struct {
	bodies chan []byte   // from reply
	taken  chan error    // how the last body was taken
	gone   chan struct{} // closed when nobody takes any more
	over   chan struct{} // closed when Do has returned
	err    error         // of Do; set before over is closed
}

// Errors of reply.
var (
	errReplyLate = errors.New("a reply after Do has returned")
	errReplyGone = errors.New("a reply that nobody waits for any more")
)

// send has the host do the request. serve must follow.
func send(ctx context.Context, h Host, r *actor.RawRequest) *errand {
	e := &errand{bodies: make(chan []byte), taken: make(chan error), gone: make(chan struct{}), over: make(chan struct{})}
	go func() {
		fault := &foreign.Fault{} // of a Goexit
		defer func() {
			if fault != nil {
				e.err = stdio.PanicOf(fault)
			}
			close(e.over)
		}()
		fault = foreign.Do(func() { e.err = actor.SafeError(h.Do(ctx, r, e.reply)) })
	}()
	return e
}

// reply is what the host is given. It waits for whoever takes the body, and for
// nobody who does not.
func (e *errand) reply(body []byte) error {
	select {
	case <-e.over:
		return errReplyLate
	default:
	}
	select {
	case e.bodies <- body:
	case <-e.gone:
		return errReplyGone
	case <-e.over:
		return errReplyLate
	}
	select {
	case err := <-e.taken:
		return err
	case <-e.gone: // what took it has panicked, or ended its goroutine
		return errReplyGone
	}
}

// serve gives what the host replies to take, until Do has returned: then the error
// is that of Do, and left is false. After the end of ctx nothing is taken, and Do
// has a little time to say how far it got; then it is left behind.
func (e *errand) serve(ctx context.Context, take func(body []byte) error) (left bool, err error) {
	defer close(e.gone)
	done := ctx.Done()
	var late <-chan time.Time
	for {
		select {
		case body := <-e.bodies:
			taken := actor.ContextError(ctx)
			if taken == nil {
				taken = take(body)
			}
			e.taken <- taken
		case <-e.over:
			return false, e.err
		case <-done:
			done = nil
			limit := time.NewTimer(deadlineSlack)
			defer limit.Stop()
			late = limit.C
		case <-late:
			return true, actor.ContextError(ctx)
		}
	}
}

// Errors of a Do that was given nothing, or what is none of its requests.
var (
	errNoRequest = refused(errors.New("Do was given nil for the request, or for the function that takes the answer"))
	errNoOp      = errors.New(`RawRequest.Op is none of "call", "cast" and "stream"`)
)

// doOn is Do of this package's own hosts: what a [Task] does there, without its
// types. Commands, whose functions are here, cannot be asked for so.
func doOn(ctx context.Context, h ownHost, raw *actor.RawRequest, reply func(body []byte) error) error {
	op := "call"
	refuse := func(err error) error {
		return &actor.CallError{Op: op, PID: actor.PID{Name: h.name()}, Delivery: actor.NotSent, Err: err}
	}
	switch {
	case raw == nil || reply == nil:
		return refuse(errNoRequest)
	case ctx == nil:
		return refuse(actor.ErrNoContext)
	case raw.Op != "call" && raw.Op != "cast" && raw.Op != "stream":
		return refuse(refused(fmt.Errorf("%w, but %q", errNoOp, raw.Op)))
	}
	op = raw.Op
	c, err := h.find()
	if err != nil {
		return refuse(err)
	}
	ctx = withMeta(ctx, raw.Meta)
	r := requestOf(raw)
	switch {
	case ctx.Err() != nil:
		return refuse(actor.ContextError(ctx))
	case !c.sys.Admits(ctx):
		return refuse(actor.ErrDraining)
	case len(r.key) > MaxKey:
		return refuse(&KeyError{Task: raw.Task, Len: len(r.key)})
	}
	if err := mixed(ctx, r.info); err != nil {
		return refuse(err)
	}
	if op == "cast" {
		return c.cast(ctx, r, raw, rawCaster{})
	}
	if r.info.Stream {
		r.items = func(ctx context.Context, c *link.Conn, x *link.Exchange) error { return c.Consume(ctx, x, reply) }
	}
	o := c.do(ctx, r)
	if o.answer.err != nil || o.answer.kind != wire.KindReply && o.answer.kind != wire.KindEnd {
		return r.rawFailure(o)
	}
	if r.info.Stream {
		return nil
	}
	answer, err := wire.ParseReply(o.answer.payload)
	if err == nil {
		err = errors.Join(reply(answer.Body), measured(ctx, answer.Measures))
	}
	if err != nil {
		return &actor.CallError{Op: op, PID: o.pid, Delivery: actor.Done, Err: err}
	}
	return nil
}

// requestOf is the request as it travels.
func requestOf(raw *actor.RawRequest) *request {
	return &request{
		op: raw.Op, body: raw.Body, key: raw.Key,
		info: wire.TaskInfo{
			Name: raw.Task, Stream: raw.Op == "stream", Idempotent: raw.Idempotent,
			Concurrent: uint32(min(max(raw.Concurrent, 1), math.MaxInt32)),
			Input:      raw.In, Output: raw.Out, Error: raw.Err,
		},
	}
}

const metaTraceparent = "traceparent"

// withMeta puts what travels beside a request into a context.
func withMeta(ctx context.Context, meta map[string]string) context.Context {
	if parent := meta[metaTraceparent]; parent != "" {
		return WithTraceparent(ctx, parent)
	}
	return ctx
}

// rawCaster is a caster without types.
type rawCaster struct{}

func (rawCaster) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return ctx, func() {}
}

func (rawCaster) failure(_ context.Context, r *request, o outcome) error { return r.rawFailure(o) }

// rawFailure makes the error of a request that did not end in a result.
func (r *request) rawFailure(o outcome) error {
	call := &actor.CallError{Op: r.op, PID: o.pid, Delivery: o.answer.delivery, Err: o.answer.err}
	if o.answer.err != nil {
		return call
	}
	f, err := wire.ParseError(o.answer.payload)
	if err != nil {
		call.Delivery, call.Err = actor.Unknown, &actor.ProtocolError{Peer: "worker " + o.pid.String(), Err: err}
		return call
	}
	call.Delivery = deliveryOf(f.Class)
	call.Err = &actor.RawError{Class: uint8(f.Class), Message: f.Message, Marks: f.Marks, Body: bytes.Clone(f.Body)}
	return call
}

// deliveryOf is how far a request got that was answered with an error of the class.
func deliveryOf(class wire.Class) actor.Delivery {
	switch class { //nolint:exhaustive // the others are Done
	case wire.ClassUnknownTask, wire.ClassInput, wire.ClassStopping:
		return actor.NotStarted
	}
	return actor.Done
}
