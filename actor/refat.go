package actor

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
)

// RefAt returns a Ref to whatever actor is at name when it is used: it looks
// nothing up before. That no actor is there ([ErrNoActor]), or one of another
// type ([ErrType]), is an error of the call. An actor that calls itself this way
// gets [ErrSelfCall] with a context that it was given; with another one the call
// waits for its own end until that ends.
func RefAt[Req, Resp any](s *System, name string) Ref[Req, Resp] {
	return NewRef[Req, Resp](pathTarget[Req, Resp]{sys: s, path: name})
}

// pathTarget looks its actor up for each request.
type pathTarget[Req, Resp any] struct {
	sys  *System
	path string
}

func (t pathTarget[Req, Resp]) Name() string { return t.path }

func (t pathTarget[Req, Resp]) PID() (PID, bool) { return t.sys.PIDAt(t.path) }

func (t pathTarget[Req, Resp]) Watch(ctx context.Context) <-chan Down {
	return t.sys.WatchAt(ctx, t.path)
}

func (t pathTarget[Req, Resp]) find(op string) (Target[Req, Resp], error) {
	c, ok := t.sys.CellAt(t.path)
	if !ok {
		return nil, noActor(op, t.path)
	}
	found, ok := c.(Target[Req, Resp])
	if !ok {
		return nil, &CallError{Op: op, PID: PID{Name: t.path}, Delivery: NotSent, Err: fmt.Errorf("%w: it is a %T", ErrType, c)}
	}
	return found, nil
}

func (t pathTarget[Req, Resp]) Call(ctx context.Context, req Req) (Resp, error) {
	found, err := t.find("call")
	if err != nil {
		var none Resp
		return none, err
	}
	return found.Call(ctx, req)
}

func (t pathTarget[Req, Resp]) Cast(ctx context.Context, req Req) error {
	found, err := t.find("cast")
	if err != nil {
		return err
	}
	return found.Cast(ctx, req)
}

func (t pathTarget[Req, Resp]) Stream(ctx context.Context, req Req) iter.Seq2[Resp, error] {
	var used atomic.Bool // here as well as in what is found, which is new each time
	return func(yield func(Resp, error) bool) {
		var none Resp
		if used.Swap(true) {
			yield(none, &CallError{Op: "stream", PID: PID{Name: t.path}, Delivery: NotSent, Err: ErrStreamUsed})
			return
		}
		found, err := t.find("stream")
		if err != nil {
			yield(none, err)
			return
		}
		found.Stream(ctx, req)(yield)
	}
}
