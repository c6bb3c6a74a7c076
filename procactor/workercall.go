package procactor

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/serve"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// exchangeWith sends the request to the worker and waits for its end, or for
// that of ctx. It gives the lease back when the worker is free again.
func (s *workerLife) exchangeWith(ctx context.Context, r *request, attempt int) outcome {
	x := r.x
	if x != nil {
		x.Reuse()
	} else {
		x = link.NewExchange(s.conn.Limits().Window, r.items != nil)
	}
	r.x = nil // a call that is given up keeps its exchange
	out, captured := outputOf(ctx)
	captured = captured && r.info.Concurrent <= 1 // otherwise it asks for nothing, see mixed
	if captured {
		s.stdout.Redirect(out.stdout)
		s.stderr.Redirect(out.stderr)
	}
	r.meta = wire.Meta{Traceparent: traceparentOf(ctx), Key: r.key, Attempt: uint32(attempt)}
	if measuresOf(ctx) != nil {
		r.meta.Other = wire.Map{{Key: serve.FieldMeasure, Value: "full"}}
	}
	if deadline, ok := ctx.Deadline(); ok {
		r.meta.Remaining = max(time.Until(deadline), time.Microsecond)
	}
	x.Call = link.Call{Task: r.info.Name, Key: r.key, Trace: r.meta.Traceparent}
	if r.timeout > 0 {
		r.began = time.Now()
	}
	reads, err := s.conn.Begin(ctx, x, r.encoder(), len(r.body))
	if err != nil {
		if errors.Is(err, link.ErrLost) {
			s.dispatcher.remove(s) // before the next delivery looks for a worker
		} else {
			err = refused(err)
		}
		s.free(ctx, captured)
		return failed(s.life.PID(), actor.NotSent, err)
	}
	if r.items != nil {
		err = s.awaitStream(ctx, r, x, captured)
	} else {
		err = s.conn.Await(ctx, x, reads)
	}
	if err != nil {
		if o, gaveUp := s.gaveUp(ctx, r, x, captured, err); gaveUp {
			return o
		}
	}
	a := s.answerOf(x)
	s.free(ctx, captured)
	if !x.Streamed() {
		r.x = x
	}
	if err != nil && r.items != nil && a.err == nil {
		a = answer{err: err, delivery: actor.Done} // the worker is done, but not all of it was taken
	}
	return outcome{pid: s.life.PID(), answer: a, limits: s.conn.Limits()}
}

// answerOf returns the answer of an ended exchange. A worker whose answer is
// malformed is ended, and is not called again.
func (s *workerLife) answerOf(x *link.Exchange) answer {
	a := x.Result()
	if bad := a.Malformed(); bad != nil {
		s.dispatcher.remove(s)
		s.conn.Fail(&badAnswer{bad})
		return answer{err: &actor.ProtocolError{Peer: "worker " + s.life.PID().String(), Err: bad}, delivery: actor.Unknown}
	}
	return answerFrom(a)
}

// badAnswer is why a worker is ended whose answer is malformed: a call explains
// that.
type badAnswer struct{ err error }

func (b *badAnswer) Error() string { return b.err.Error() }
func (b *badAnswer) Unwrap() error { return b.err }

func isBadAnswer(err error) bool {
	_, ok := errors.AsType[*badAnswer](err)
	return ok
}

// awaitStream has the request take its items. The body of the consumer's loop
// runs in there: when it panics, or ends its goroutine, the call is given up.
func (s *workerLife) awaitStream(ctx context.Context, r *request, x *link.Exchange, captured bool) error {
	returned := false
	defer func() {
		if returned {
			return
		}
		if _, gaveUp := s.gaveUp(ctx, r, x, captured, actor.ErrStreamBroken); !gaveUp {
			s.free(ctx, captured)
		}
	}()
	err := r.items(ctx, s.conn, x)
	returned = true
	return err
}

// gaveUp cancels a call in the worker and leaves it to end by itself; false
// when it has ended already. The worker stays taken until the call has ended
// there and its writers are left alone; when that takes longer than the grace,
// the worker is ended.
func (s *workerLife) gaveUp(ctx context.Context, r *request, x *link.Exchange, captured bool, err error) (outcome, bool) {
	alone := make(chan struct{}) // closed when the call's writers are left alone
	o := order{why: ErrOverdue, holds: func() bool { return !x.Answered() || !isClosed(alone) }}
	if r.hangs(ctx, err, r.began) {
		o.hung, o.hangs = r, func() bool { return !x.Answered() }
	}
	overdue := s.overdue(o)
	late := func() {
		s.dispatcher.blameLate(r, s.life.PID(), answerFrom(x.Result()))
		<-alone
		overdue.Stop()
		s.release()
	}
	if !x.Abandon(late) {
		overdue.Stop()
		return outcome{}, false
	}
	s.conn.Cancel(x, err.Error())
	if captured {
		go s.detach(alone)
		waitFor(alone, drainBound)
	} else {
		close(alone)
	}
	// That STARTED has not come yet proves nothing while the worker lives.
	gaveUp := failed(s.life.PID(), actor.Unknown, err)
	gaveUp.open = true
	return gaveUp, true
}

// overdue has the worker ended after the grace, if the order still holds then.
func (s *workerLife) overdue(o order) *time.Timer {
	return time.AfterFunc(cmp.Or(s.worker.Grace, defaultGrace), func() { s.endFor(o) })
}

// free gives the lease of an ended call back, once what the worker wrote
// before its answer was handed on. A writer that is stuck is waited for as long
// as ctx allows, and a little; then it keeps the worker, until that is overdue.
func (s *workerLife) free(ctx context.Context, captured bool) {
	if !captured {
		s.release()
		return
	}
	alone := make(chan struct{})
	go s.detach(alone)
	select {
	case <-alone:
	case <-ctx.Done():
		if !waitFor(alone, drainBound) {
			overdue := s.overdue(order{why: ErrOverdue, holds: func() bool { return !isClosed(alone) }})
			go func() {
				<-alone
				overdue.Stop()
				s.release()
			}()
			return
		}
	}
	s.release()
}

// detach hands what the worker wrote before its answer to the caller, and what
// comes next to where it goes without.
func (s *workerLife) detach(alone chan<- struct{}) {
	s.stdout.Redirect(nil)
	s.stderr.Redirect(nil)
	close(alone)
}
