package procactor

import (
	"context"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// request is one call without its types: what travels, and what may be done
// with it.
type request struct {
	info    wire.TaskInfo
	op      string // "call", "cast" or "stream"
	body    []byte
	enc     link.Encoder
	key     string
	command commandCall                                                     // in the place of the body, of a command task
	meta    wire.Meta                                                       // of the attempt
	x       *link.Exchange                                                  // for the next attempt; nil: a new one is made
	timeout time.Duration                                                   // the task's own, if its calls have a key and it applies; else zero
	over    *overtime                                                       // the cause by which that ends a call
	began   time.Time                                                       // of the attempt
	items   func(ctx context.Context, c *link.Conn, x *link.Exchange) error // takes the items of a stream; nil for a call
}

// encoder returns encode as a value, which is made once for all calls that use
// the request's parts.
func (r *request) encoder() link.Encoder {
	if r.enc == nil {
		r.enc = r.encode
	}
	return r.enc
}

// encode appends the payload of the REQUEST.
func (r *request) encode(dst []byte) ([]byte, error) {
	dst, err := wire.AppendRequestHead(slices.Grow(dst, len(r.body)+requestHead), r.info.Name, r.meta)
	return append(dst, r.body...), err
}

// requestHead is more than most requests need beside their bodies.
const requestHead = 256

// outcome is how a request ended.
type outcome struct {
	answer answer
	pid    actor.PID
	open   bool        // the exchange goes on without its caller
	limits wire.Limits // those agreed with who answered
}

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
	defer c.ended()
	var t trip
	for {
		s, err := c.lease(ctx, a)
		if err != nil {
			return t.notAgain(c.path, err)
		}
		if err = c.poison.refuse(time.Now(), r.info.Name, r.key); err == nil {
			err = s.serves(r)
		}
		if err != nil {
			s.leased().release()
			return failed(s.leased().life.PID(), t.reached(), err)
		}
		o := s.exchangeWith(ctx, r, t.started+1)
		again := t.goesOn(r, o)
		if p := c.blame(r, &t, o); p != nil {
			return failed(o.pid, actor.Unknown, p)
		}
		if !again {
			o.answer.delivery = max(o.answer.delivery, t.reached()) // an earlier delivery may have run
			c.praise(r, o)
			return o
		}
		if ended := actor.ContextError(ctx); ended != nil {
			return t.notAgain(c.path, ended)
		}
		if a, err = c.admit(ctx, r.info, true); err != nil {
			return t.notAgain(c.path, err)
		}
	}
}

func failed(pid actor.PID, d actor.Delivery, err error) outcome {
	return outcome{pid: pid, answer: answer{err: err, delivery: d}}
}

// blame counts a death against the request that was running, if it says
// something about it; the error ends the request.
func (c *core) blame(r *request, t *trip, o outcome) error {
	if !blamable(o.answer) {
		return nil
	}
	t.deaths = append(t.deaths, offenseOf(o.pid, o.answer))
	return c.poison.died(time.Now(), r.info.Name, r.key, t.deaths)
}

// blameLate is blame for a call that was given up before its worker died of it.
func (c *core) blameLate(r *request, pid actor.PID, a answer) {
	if blamable(a) && r.key != "" {
		_ = c.poison.died(time.Now(), r.info.Name, r.key, []offense{offenseOf(pid, a)}) // nobody waits for it
	}
}

// blamable reports whether a request may be to blame for the death that ended it.
func blamable(a answer) bool { return a.death == osproc.DeathCounted && a.delivery == actor.Unknown }

func offenseOf(pid actor.PID, a answer) offense {
	return offense{down: actor.Down{PID: pid, Reason: a.died}, process: a.process}
}

// praise notes that a call ended well.
func (c *core) praise(r *request, o outcome) {
	if r.key != "" && o.answer.err == nil && (o.answer.kind == wire.KindReply || o.answer.kind == wire.KindEnd) {
		c.poison.ended(time.Now(), r.info.Name, r.key)
	}
}

// hangs reports whether a request that began then, and that err ended with ctx,
// hangs, if its worker has to be killed for it.
func (r *request) hangs(ctx context.Context, err error, began time.Time) bool {
	deadline, ok := ctx.Deadline()
	own := ok && r.key != "" && context.Cause(ctx) == r.over //nolint:errorlint // that of another call wraps the same
	return own && isHang(err, began, deadline, r.timeout)
}
