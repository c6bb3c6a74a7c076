package actor

import (
	"context"
	"iter"
)

// selfTarget is an actor's own Ref: casts never wait, so that they cannot
// deadlock; calls could only wait for themselves.
type selfTarget[Req, Resp any] struct{ *cell[Req, Resp] }

func (t selfTarget[Req, Resp]) Call(context.Context, Req) (Resp, error) {
	var none Resp
	return none, t.refused("call", ErrSelfCall)
}

func (t selfTarget[Req, Resp]) Cast(ctx context.Context, req Req) error {
	return t.cell.Cast(NoWait(ctx), req)
}

func (t selfTarget[Req, Resp]) Stream(context.Context, Req) iter.Seq2[Resp, error] {
	return func(yield func(Resp, error) bool) {
		var none Resp
		yield(none, t.refused("stream", ErrSelfCall))
	}
}
