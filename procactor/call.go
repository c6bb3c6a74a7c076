package procactor

import (
	"context"
	"errors"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// request is one call without its types: what travels, and what may be done
// with it.
type request struct {
	info  wire.TaskInfo
	op    string // "call", "cast" or "stream"
	body  []byte
	key   string
	items func(ctx context.Context, s *seat, x *exchange) error // takes the items of a stream; nil for a call
}

// outcome is how a request ended.
type outcome struct {
	answer answer
	pid    actor.PID
}

// maxUnstarted bounds how often a call is sent again that was certainly not
// started, such as to a worker that was dying already. Each needed a worker to
// die in the moment of sending.
const maxUnstarted = 16

// do brings a request to its end: it waits for a worker, sends, waits for the
// answer, and delivers again what may be. It runs in the caller's goroutine.
func (c *core) do(ctx context.Context, r *request) outcome {
	a, err := c.admit(ctx, r.info, false)
	if err != nil {
		return failed(actor.PID{Name: c.path}, actor.NotSent, err)
	}
	return c.carry(ctx, r, a)
}

// carry is do for a request that is admitted.
func (c *core) carry(ctx context.Context, r *request, a admission) outcome {
	var deaths []actor.Down
	unstarted := 0
	again := false
	for {
		var err error
		if again {
			a, err = c.admit(ctx, r.info, true)
		}
		again = true
		var s *seat
		if err == nil {
			s, err = c.lease(ctx, a)
		}
		if err != nil {
			return failed(actor.PID{Name: c.path}, furthest(deaths), c.whyNone(err, deaths))
		}
		if poisoned := c.poison.refuse(r.info.Name, r.key); poisoned != nil {
			s.release()
			return failed(s.life.PID(), furthest(deaths), poisoned)
		}
		if err := s.serves(r.info); err != nil {
			s.release()
			return failed(s.life.PID(), actor.NotSent, err)
		}
		o := s.exchangeWith(ctx, r, len(deaths)+1)
		died := workerDeath(o.answer.err)
		switch {
		case o.answer.err == nil && o.answer.kind == wire.KindError && isStopping(o.answer.payload),
			o.answer.delivery == actor.NotStarted && died != nil,
			errors.Is(o.answer.err, errLinkLost):
			if unstarted++; unstarted > maxUnstarted || ctx.Err() != nil {
				return o
			}
			continue
		case died == nil || !r.info.Idempotent || o.answer.delivery != actor.Unknown || ctx.Err() != nil || r.items != nil:
			return o
		case !died.counts():
			if died.Killed {
				return o // we had a reason to end it, and the call was it
			}
			unstarted++
			if unstarted > maxUnstarted {
				return o
			}
			continue
		}
		deaths = append(deaths, actor.Down{PID: o.pid, Reason: died})
		if p := c.poison.died(r.info.Name, r.key, deaths); p != nil {
			return failed(o.pid, actor.Unknown, p)
		}
	}
}

func failed(pid actor.PID, d actor.Delivery, err error) outcome {
	return outcome{pid: pid, answer: answer{err: err, delivery: d}}
}

// furthest is how far a call has got that is waiting for another delivery.
func furthest(deaths []actor.Down) actor.Delivery {
	if len(deaths) > 0 {
		return actor.Unknown
	}
	return actor.NotSent
}

// whyNone adds the deaths so far to why there is no worker for the next try.
func (c *core) whyNone(err error, deaths []actor.Down) error {
	if len(deaths) == 0 {
		return err
	}
	return errors.Join(err, deaths[len(deaths)-1].Reason)
}

// workerDeath returns the death that ended a call, nil when it was something
// else. A broken protocol is none: what was read cannot be trusted.
func workerDeath(err error) *ExitError {
	if err == nil {
		return nil
	}
	if _, broke := errors.AsType[*actor.ProtocolError](err); broke {
		return nil
	}
	e, _ := errors.AsType[*ExitError](err)
	return e
}

func isStopping(payload []byte) bool {
	f, err := wire.ParseError(payload)
	return err == nil && f.Class == wire.ClassStopping
}

// exchangeWith sends the request to the worker and waits for its end, or for
// that of ctx. It gives the lease back when the worker is free again.
func (s *seat) exchangeWith(ctx context.Context, r *request, attempt int) outcome {
	x := newExchange(s.conn.limits.Window, r.items != nil)
	out, captured := outputOf(ctx)
	captured = captured && r.info.Concurrent <= 1
	if captured {
		s.stdout.redirect(out.stdout)
		s.stderr.redirect(out.stderr)
	}
	meta := wire.Meta{Traceparent: traceparentOf(ctx), Key: r.key, Attempt: uint32(attempt)}
	if deadline, ok := ctx.Deadline(); ok {
		meta.Remaining = max(time.Until(deadline), time.Microsecond)
	}
	err := s.conn.begin(ctx, x, func(dst []byte) ([]byte, error) {
		dst, err := wire.AppendRequestHead(dst, r.info.Name, meta)
		return append(dst, r.body...), err
	}, len(r.body))
	if err != nil {
		s.endOutput(captured)
		s.release()
		return failed(s.life.PID(), actor.NotSent, err)
	}
	if r.items != nil {
		s.conn.ensureReader()
		err = r.items(ctx, s, x)
	} else {
		err = s.awaitAnswer(ctx, x)
	}
	if err != nil {
		if x.abandon(s.whenLate(x)) {
			s.detachOutput(captured)
			return s.gaveUp(x, err)
		}
	}
	s.endOutput(captured)
	s.release()
	return outcome{pid: s.life.PID(), answer: x.result()}
}

// awaitAnswer waits for the exchange's end or that of ctx.
func (s *seat) awaitAnswer(ctx context.Context, x *exchange) error {
	s.conn.lead(ctx, x)
	if x.isReady() {
		return nil
	}
	select {
	case <-x.ready:
		return nil
	case <-ctx.Done():
		return actor.ContextError(ctx)
	}
}

// gaveUp cancels a call in the worker. The worker stays taken until the call
// has ended there; when that takes longer than the grace, it is ended.
func (s *seat) gaveUp(x *exchange, err error) outcome {
	_ = s.conn.out.enqueue(wire.KindCancel, x.id, bytesOf(wire.AppendText(nil, err.Error())), nil)
	s.conn.ensureReader()
	// That STARTED has not come yet proves nothing while the worker lives.
	return failed(s.life.PID(), actor.Unknown, err)
}

// whenLate returns what is done when a call that was given up ends after all,
// and has the worker ended when that takes too long.
func (s *seat) whenLate(x *exchange) func() {
	overdue := time.AfterFunc(orDefault(s.worker.Grace, defaultGrace), func() {
		s.end(order{why: ErrOverdue, holds: func() bool { return !x.isReady() }})
	})
	return func() {
		overdue.Stop()
		s.release()
	}
}

// endOutput hands what the worker wrote before its answer to the caller, and
// what comes next to where it goes without.
func (s *seat) endOutput(captured bool) {
	if captured {
		s.stdout.redirect(nil)
		s.stderr.redirect(nil)
	}
}

// detachOutput leaves a call's writers alone from now on.
func (s *seat) detachOutput(captured bool) { s.endOutput(captured) }
