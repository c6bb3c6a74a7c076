package protobridge

import (
	"context"
	"errors"
	"fmt"
	"iter"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
)

// To returns a Ref to the plain actor pid of as, or of a node that as reaches.
// It looks nothing up, and pid may be used for something else afterwards. The
// package comment lists what such a Ref cannot do.
//
// A reply that is an error is the error of the call, with [actor.Done]; a
// *[actor.CallError], as [Expose] sends it, keeps its own [actor.Delivery]. A
// reply that is neither an error nor a Resp is an *[actor.ProtocolError].
//
// The first use of any such Ref registers one Process for replies, named
// "proctor$replies", with the ActorSystem.
func To[Req, Resp any](as *protoactor.ActorSystem, pid *protoactor.PID) actor.Ref[Req, Resp] {
	return actor.NewRef[Req, Resp](target[Req, Resp]{as: as, to: addressOf(as, pid)})
}

// target is the [actor.Target] of a plain actor.
type target[Req, Resp any] struct {
	as *protoactor.ActorSystem
	to address
}

// Name implements [actor.Target].
func (t target[Req, Resp]) Name() string { return t.to.id }

// PID implements [actor.Target]. Of an actor on another node it is believed
// that it is there.
func (t target[Req, Resp]) PID() (actor.PID, bool) {
	if _, ok := t.as.ProcessRegistry.Get(t.to.pid(t.as)); !ok {
		return actor.PID{}, false
	}
	return t.to.actorPID(), true
}

// Call implements [actor.Target].
func (t target[Req, Resp]) Call(ctx context.Context, req Req) (Resp, error) {
	var none Resp
	if err := t.refuse(ctx, req); err != nil {
		return none, t.failed("call", actor.NotSent, err)
	}
	r, err := repliesOf(t.as)
	if err != nil {
		return none, t.failed("call", actor.NotSent, err)
	}
	p := r.open(t.to)
	defer r.close(p)
	select {
	case o := <-p.outcome: // it is known to be gone before anything was sent
		return none, t.failed("call", actor.NotSent, o.asError())
	default:
	}
	t.as.Root.RequestWithCustomSender(t.to.pid(t.as), req, r.sender(p))
	select {
	case o := <-p.outcome:
		return t.result(o)
	case <-ctx.Done():
	}
	select {
	case o := <-p.outcome: // both at once: the answer counts
		return t.result(o)
	default:
		return none, t.failed("call", actor.Unknown, actor.ContextError(ctx))
	}
}

// result makes an outcome what Call returns.
func (t target[Req, Resp]) result(o outcome) (Resp, error) {
	var none Resp
	if o.gone != nil {
		return none, t.failed("call", actor.Unknown, o.asError())
	}
	switch m := o.message.(type) {
	case *protoactor.DeadLetterResponse:
		return none, t.failed("call", actor.NotSent, actor.ErrNoActor)
	case *actor.CallError:
		return none, t.failed("call", m.Delivery, m.Err)
	case error:
		return none, t.failed("call", actor.Done, m)
	case Resp:
		return m, nil
	default:
		return none, t.failed("call", actor.Unknown, &actor.ProtocolError{
			Peer: t.to.actorPID().String(), Err: fmt.Errorf("it answered with a %T, not a %T", m, none),
		})
	}
}

// Cast implements [actor.Target].
func (t target[Req, Resp]) Cast(ctx context.Context, req Req) error {
	if err := t.refuse(ctx, req); err != nil {
		return t.failed("cast", actor.NotSent, err)
	}
	if _, ok := t.PID(); !ok {
		return t.failed("cast", actor.NotSent, actor.ErrNoActor)
	}
	t.as.Root.Send(t.to.pid(t.as), req)
	return nil
}

// Stream implements [actor.Target]: it only says that there is none.
func (t target[Req, Resp]) Stream(ctx context.Context, req Req) iter.Seq2[Resp, error] {
	return func(yield func(Resp, error) bool) {
		var none Resp
		err := t.refuse(ctx, req)
		if err == nil {
			err = fmt.Errorf("%w: a plain protoactor actor answers once", errors.ErrUnsupported)
		}
		yield(none, t.failed("stream", actor.NotSent, err))
	}
}

// Watch implements [actor.Target].
func (t target[Req, Resp]) Watch(ctx context.Context) <-chan actor.Down {
	r, err := repliesOf(t.as)
	if err != nil {
		out := make(chan actor.Down, 1)
		out <- actor.Down{PID: t.to.actorPID(), Reason: err}
		close(out)
		return out
	}
	return r.watch(ctx, t.to)
}

// refuse answers what need not be sent to fail.
func (t target[Req, Resp]) refuse(ctx context.Context, req Req) error {
	if ctx.Err() != nil {
		return actor.ContextError(ctx)
	}
	if any(req) == nil {
		return errNilRequest
	}
	return nil
}

func (t target[Req, Resp]) failed(op string, d actor.Delivery, err error) error {
	return &actor.CallError{Op: op, PID: t.to.actorPID(), Delivery: d, Err: err}
}
