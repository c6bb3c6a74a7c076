package procactor

import (
	"context"
	"errors"
	"fmt"
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
	command commandCall                                                     // instead of the body, of a command task
	meta    wire.Meta                                                       // of the attempt
	x       *link.Exchange                                                  // for the next attempt; nil: a new one is made
	timeout time.Duration                                                   // the task's own, if its calls have a key and it applies; otherwise zero
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
	limits wire.Limits // those agreed with whoever answered
}

// do brings a request to its end: it waits for a worker, sends, waits for the
// answer, and delivers again what may be. It runs in the caller's goroutine.
func (c *dispatcher) do(ctx context.Context, r *request) outcome {
	a, err := c.admit(ctx, r.info, false)
	if err != nil {
		return failed(actor.PID{Name: c.path}, actor.NotSent, err)
	}
	return c.deliver(ctx, r, a)
}

// deliver is do for a request that is admitted.
func (c *dispatcher) deliver(ctx context.Context, r *request, a admission) outcome {
	defer c.ended()
	var t attempts
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
func (c *dispatcher) blame(r *request, t *attempts, o outcome) error {
	if !blamable(o.answer) {
		return nil
	}
	t.deaths = append(t.deaths, offenseOf(o.pid, o.answer))
	return c.poison.died(time.Now(), r.info.Name, r.key, t.deaths)
}

// blameLate is blame for a call that was given up before its worker died of it.
func (c *dispatcher) blameLate(r *request, pid actor.PID, a answer) {
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
func (c *dispatcher) praise(r *request, o outcome) {
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

// backend is what runs a dispatcher's calls: a worker process, or what starts a process
// for each call.
type backend interface {
	// allowed is how many calls of a task may run at once here, of want.
	allowed(task string, want int) int
	// tasks are those that are known before a call comes.
	tasks() []wire.TaskInfo
	// serves tells whether a request can be run here as its caller means it.
	serves(r *request) error
	// exchangeWith runs the request, waits for its end or that of ctx, and gives
	// the lease back when the backend is free again.
	exchangeWith(ctx context.Context, r *request, attempt int) outcome
	// process is the id of a process that runs here, zero when there is none.
	process() int
	// watch sees to the end of the life; on a goroutine of its own.
	watch()
	leased() *leases
}

// opener makes the backend of one life. With an error that a death of a process
// explains comes what that death means.
type opener func(ctx context.Context, c *dispatcher, l *actor.Life) (backend, osproc.Death, error)

// leases counts the calls of one backend. The numbers are protected by dispatcher.mu.
type leases struct {
	dispatcher *dispatcher
	life       *actor.Life

	running int // calls, given-up ones included
	limit   int // how many may run beside the ones that run
}

func (l *leases) leased() *leases { return l }

// mayTake reports whether a call of a task may begin of which want may run at
// once; with dispatcher.mu held. A task that runs alone has the backend to itself.
func (l *leases) mayTake(want int) bool {
	return l.running == 0 || l.running < min(l.limit, want)
}

// take counts a call in; with dispatcher.mu held.
func (l *leases) take(want int) {
	if l.running == 0 {
		l.limit = want
	}
	l.running++
	l.limit = min(l.limit, want)
}

// give counts a call out; with dispatcher.mu held.
func (l *leases) give() { l.running-- }

// release gives a lease back, when the call has ended in the worker too.
func (l *leases) release() {
	c := l.dispatcher
	c.mu.Lock()
	l.give()
	someWait, quiet := c.queued || len(c.retries) > 0, len(c.waiting) > 0
	c.mu.Unlock()
	if someWait {
		c.assign()
	}
	if quiet {
		c.changed()
	}
}

// attempts is what has become of one request so far: it may be delivered more than
// once.
type attempts struct {
	started int       // deliveries that may have begun to run
	lost    int       // deliveries that certainly did not start
	deaths  []offense // that it is blamed for
	died    error     // the death that ended the latest delivery that may have begun to run; nil: none did
	pid     actor.PID // the life that had that
}

const (
	// maxStarted bounds the deliveries of one request that may have begun to
	// run, however they ended.
	maxStarted = fatalDeaths
	// maxLost bounds those that certainly did not, such as to a worker that was
	// dying already. Each took a worker to end in the moment of sending.
	maxLost = 16
)

// goesOn takes note of how a delivery ended, and reports whether another
// follows: after one that certainly did not start, and after the death of a
// worker if the task is idempotent. Whoever is to blame, no request starts more
// than maxStarted times; the last of so many deaths goes on only to be blamed,
// which ends a request that is to blame for all.
func (t *attempts) goesOn(r *request, o outcome) bool {
	a := o.answer
	switch {
	case a.err == nil && a.kind == wire.KindError && isStopping(a.payload),
		a.delivery == actor.NotStarted && a.err != nil,
		errors.Is(a.err, link.ErrLost):
		t.lost++
	case !mayBeOfAnother(a.death), !r.info.Idempotent, a.delivery != actor.Unknown, r.items != nil:
		return false
	default:
		t.started++
		t.died, t.pid = a.died, o.pid
		if t.started >= maxStarted && (a.death != osproc.DeathCounted || len(t.deaths) != fatalDeaths-1) {
			return false
		}
	}
	return t.lost <= maxLost
}

// mayBeOfAnother reports whether a delivery ended by a death after which another
// may be tried. It may well be the request that silences workers; and of one that
// broke the protocol nothing is relied on.
func mayBeOfAnother(d osproc.Death) bool {
	return d != osproc.DeathNone && d != osproc.DeathSilent && d != osproc.DeathBreach
}

// reached is how far the request has got that waits for another delivery.
func (t *attempts) reached() actor.Delivery {
	if t.started > 0 {
		return actor.Unknown
	}
	return actor.NotSent
}

// notAgain is the end of a request for which there is no next delivery, and err
// says why. One that may have run has ended by the death of its worker: whether
// somebody is there for it now says nothing about that one.
func (t *attempts) notAgain(path string, err error) outcome {
	switch {
	case t.died == nil:
		return failed(actor.PID{Name: path}, t.reached(), err)
	case errors.Is(err, actor.ErrNoActor):
		return failed(t.pid, t.reached(), &endedError{t.died, err})
	}
	return failed(t.pid, t.reached(), fmt.Errorf("%w; before that, %w", err, t.died))
}

func isStopping(payload []byte) bool {
	f, err := wire.ParseError(payload)
	return err == nil && f.Class == wire.ClassStopping
}
