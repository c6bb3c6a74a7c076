package supervise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
)

// startGrace is how long a life may take to stop that a StartFunc left in its
// slot and should not have.
const startGrace = time.Second

// errUnfilled is the failure of a StartFunc that started nothing.
var errUnfilled = errors.New("the start function returned nil without filling its slot")

// errGoexit is the failure of a StartFunc that did not return.
var errGoexit = errors.New("the start function ended its goroutine")

// process is one life of a child, from the begin of its start.
type process struct {
	life  life
	inbox *inbox
	slot  *actor.Slot
	ctx   startContext // of the start
	timer *time.Timer  // of the deadline, nil if there is none
	told  time.Time    // when the start was given up
	pid   actor.PID    // known to the supervisor's goroutine when the start is over
	met   bool         // likewise: that is so
	early *failedRun   // to be told when it is

	exited  atomic.Bool // the life is over that was in the slot
	settled atomic.Bool // and everybody knows

	mu       sync.Mutex // protects the following
	filler   actor.PID  // the life that came into the slot; not set by one that did not come up
	returned bool       // the StartFunc has
	late     func()     // set: the start was abandoned; call it when that returns
}

// start begins a life on a goroutine of its own: user code may hang in it.
func (i *incarnation) start(a acStart) {
	id := a.spec.ID
	p := &process{life: a.life, inbox: i.inbox}
	path := ""
	if old := i.current[id]; old != nil {
		old.stopTimer()
		delete(i.children, old.life)
		path = old.slot.Path()
	} else {
		path = i.path + "/" + id
	}
	p.slot = actor.NewSlot(i.sys, path, p.ended)
	p.ctx.slot = p.slot
	p.slot.OnSettled(p.settle)
	i.children[p.life], i.current[id] = p, p
	go p.run(a.spec.Start, a.changed)
}

// run is the goroutine of the start.
func (p *process) run(start StartFunc, changed bool) {
	err := errGoexit
	defer func() {
		p.ctx.end(nil)
		p.finish(err)
	}()
	err = guard(&p.ctx, start, p.slot)
	if changed && p.ctx.Err() == nil && p.otherKind(err) {
		// Whoever waits for the next life wants one of the kind that it had.
		p.slot.Release(fmt.Errorf("%w: its supervisor has another kind of child there now", actor.ErrNoActor))
		err = guard(&p.ctx, start, p.slot)
	}
}

// otherKind reports whether nothing was begun, because what the slot had before
// is of another kind.
func (p *process) otherKind(err error) bool {
	failed, ok := foreign.As[*actor.StartError](err)
	return ok && failed.Name == p.slot.Path() && foreign.Is(failed.Err, actor.ErrType)
}

// guard turns a panic into an error, and so an error that would panic. It has
// the log tell of the panic: the error may be no news, as that of a start that is
// not wanted any more.
func guard(ctx context.Context, start StartFunc, at *actor.Slot) (err error) {
	defer func() {
		if v := recover(); v != nil {
			crash := actor.NewPanicError(v)
			record.StartPanicked.Log(at.System().Logger(), append(whose(at), record.Panic(crash.Value), record.Stack(crash.Stack))...)
			err = crash
		}
	}()
	return actor.SafeError(start(ctx, at))
}

// finish tells how the start went, unless nobody waits for that.
func (p *process) finish(err error) {
	ev := p.outcome(err)
	p.mu.Lock()
	p.returned = true
	late := p.late
	p.mu.Unlock()
	if late == nil {
		p.inbox.post(ev)
		return
	}
	if _, ok := p.slot.PID(); ok {
		p.slot.Release(actor.ErrNoActor)
		p.clear()
	}
	late()
}

// ended is told by the slot, in the goroutine of the child, whose stack is
// small. What else comes into the slot later is not this life.
func (p *process) ended(d actor.Down) {
	if p.exited.Swap(true) {
		return
	}
	p.mu.Lock()
	p.filler = d.PID
	p.mu.Unlock()
	p.inbox.exit(p.life, d.Reason, &p.settled)
}

// settle is told by the slot when all others know of the end, too.
func (p *process) settle() {
	p.settled.Store(true)
	p.inbox.wake()
}

// outcome holds the StartFunc to its promises.
func (p *process) outcome(err error) event {
	if err == nil && !p.filled() {
		err = errUnfilled
	}
	if err == nil {
		return evStarted{p.life}
	}
	p.clear()
	if foreign.Is(err, ErrIgnore) {
		return evIgnored{p.life}
	}
	if failed, ok := foreign.As[*actor.StartError](err); !ok || failed.Name != p.slot.Path() {
		err = &actor.StartError{Name: p.slot.Path(), Err: err}
	}
	return evStartFailed{p.life, err}
}

// filled reports whether a life came into the slot, be it over by now.
func (p *process) filled() bool {
	if pid, ok := p.slot.PID(); ok {
		p.mu.Lock()
		p.filler = pid
		p.mu.Unlock()
		return true
	}
	return p.exited.Load() // which is told before the slot is seen empty
}

// known has the supervisor's goroutine know who it is, or who it was to be if it
// did not come up.
func (p *process) known() {
	p.met = true
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pid = p.filler; p.pid == (actor.PID{}) {
		p.pid = p.slot.Last()
	}
}

// clear ends what a StartFunc left in the slot although it should not.
func (p *process) clear() {
	pid, ok := p.slot.PID()
	if !ok {
		return
	}
	down := p.slot.System().Watch(context.Background(), pid)
	p.slot.Stop(actor.ErrShutdown)
	late := time.AfterFunc(startGrace, p.kill)
	defer late.Stop()
	<-down // bounded: whatever is killed ends in bounded time
}

// interrupt gives the start up, politely.
func (p *process) interrupt(timeout time.Duration) {
	p.told = time.Now()
	p.ctx.end(errStopped)
	p.deadline(timeout)
}

// stop asks the life to end.
func (p *process) stop(timeout time.Duration) {
	p.slot.Stop(actor.ErrShutdown)
	p.deadline(timeout)
}

// kill demands the end.
func (p *process) kill() { p.slot.Kill(actor.ErrKilled) }

// deadline has the machine told when the time is over.
func (p *process) deadline(timeout time.Duration) {
	p.stopTimer()
	if timeout >= 0 {
		p.timer = time.AfterFunc(timeout, func() { p.inbox.post(evDeadline{p.life}) })
	}
}

func (p *process) stopTimer() {
	if p.timer != nil {
		p.timer.Stop()
	}
}

// abandon leaves a start alone that does not return.
func (i *incarnation) abandon(p *process) {
	if _, begun := p.slot.PID(); begun || p.told.IsZero() {
		p.told = time.Now() // what has begun is killed only now, with all beneath
	}
	p.ctx.end(errStopped)
	p.kill()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.returned {
		return
	}
	record.StartAbandoned.Log(i.sys.Logger(), whose(p.slot)...)
	p.late = i.sys.AbandonStart(i.life, p.told)
}

// delay has the machine told when the time is over. The child has no life, so
// that the timer of its last one is free.
func (i *incarnation) delay(a acDelay) {
	p := i.current[a.id]
	p.stopTimer()
	p.timer = time.AfterFunc(a.after, func() { p.inbox.post(evDelayed{a.id, a.wait}) })
}

// release says that no next life of the child is to be expected.
func (i *incarnation) release(id string) {
	p := i.current[id]
	if p == nil {
		return
	}
	p.stopTimer()
	p.slot.Release(fmt.Errorf("%w: its supervisor does not restart it", actor.ErrNoActor))
	delete(i.children, p.life)
	delete(i.current, id)
}
