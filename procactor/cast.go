package procactor

import (
	"cmp"
	"context"
	"errors"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
)

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
func (c *core) cast(ctx context.Context, r *request, in any, by caster) error {
	a, err := c.admit(ctx, r.info, false)
	if err != nil {
		return &actor.CallError{Op: "cast", PID: actor.PID{Name: c.path}, Delivery: actor.NotSent, Err: err}
	}
	// Who cast does not wait, so nothing of his may be written to later.
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
			o := c.carry(detached, r, a)
			to = cmp.Or(o.pid, to)
			if o.answer.err != nil || o.answer.kind != wire.KindReply {
				err = by.failure(detached, r, o)
			}
		})
	}()
	return nil
}
