package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"golang.org/x/sync/errgroup"
)

// poolRun is the shell of one life of a pool: it does what the machine says.
type poolRun struct {
	dispatcher *dispatcher
	life       *actor.Life
	worker     Worker
	machine    poolMachine
	slots      []*actor.Slot
	events     chan poolEvent // a place has at most an exit, a start and two backoffs under way
	gone       chan struct{}  // filled when a worker is gone for everybody: its event comes before
	starts     context.Context
	cancel     context.CancelCauseFunc
	timers     []*time.Timer
	busy       []bool // a start is under way
	told       *poolLog
	lives      []*workerLife // each place's latest; set before its worker can end, read at its end
}

func newPoolRun(c *dispatcher, l *actor.Life, w Worker, cfg PoolConfig) *poolRun {
	r := &poolRun{
		dispatcher: c, life: l, worker: w,
		machine: poolMachine{budget: budgetOf(cfg.Budget), places: make([]poolPlace, cfg.Size)},
		slots:   make([]*actor.Slot, cfg.Size),
		events:  make(chan poolEvent, 4*cfg.Size),
		gone:    make(chan struct{}, 1),
		timers:  make([]*time.Timer, cfg.Size),
		busy:    make([]bool, cfg.Size),
		lives:   make([]*workerLife, cfg.Size),
		told:    newPoolLog(c.sys.Logger(), c.path, cfg.Budget.Period),
	}
	r.starts, r.cancel = context.WithCancelCause(context.Background())
	for i := range r.slots {
		path := fmt.Sprintf("%s#%d", c.path, i+1)
		r.slots[i] = r.slot(path, func(d actor.Down) { r.exited(i, d.Reason) })
	}
	return r
}

// slot is a worker's place, whose ends are told to exited, and then to left.
func (r *poolRun) slot(path string, exited func(actor.Down)) *actor.Slot {
	s := actor.NewSlot(r.dispatcher.sys, path, exited)
	s.OnSettled(r.left)
	return s
}

// exited turns a worker's end into an event; it does not wait.
func (r *poolRun) exited(i int, reason error) {
	s := r.lives[i]
	e := poolEvent{kind: placeDied, place: i, reason: reason, served: s.served, called: s.called}
	if s.life.StopRequested() != nil || !strains(s.end.Death) {
		e.kind = placeReplaced
	}
	r.events <- e
}

// left has who waits for all workers' ends look again.
func (r *poolRun) left() {
	select {
	case r.gone <- struct{}{}:
	default: // it will look, and see this one, too
	}
}

// boot starts all workers, and stops them again if one fails.
func (r *poolRun) boot(ctx context.Context) error {
	group, starting := errgroup.WithContext(ctx)
	life := r.life.Context()
	starting, cancel := context.WithCancelCause(starting)
	defer cancel(nil)
	defer context.AfterFunc(life, func() { cancel(context.Cause(life)) })()
	for i := range r.slots {
		group.Go(func() error {
			_, err := r.startWorker(starting, i)
			return err
		})
	}
	err := group.Wait()
	if err != nil {
		r.stopAll()
	}
	return err
}

// startWorker starts the worker of one place and returns when it is ready; else
// what the death means that explains the error, if one does.
func (r *poolRun) startWorker(ctx context.Context, i int) (osproc.Death, error) {
	w := r.worker
	w.number = i + 1
	cell := func(*actor.System, string) *placeCell {
		return &placeCell{workerCell: workerCell{dispatcher: r.dispatcher}, up: func() {
			r.events <- poolEvent{kind: placeStarted, place: i}
		}}
	}
	open := func(ctx context.Context, c *dispatcher, l *actor.Life) (backend, osproc.Death, error) {
		s, died, err := w.openWorkerLife(ctx, c, l)
		if err != nil {
			return nil, died, err
		}
		r.lives[i] = s
		return s, osproc.DeathNone, nil
	}
	_, died, err := startIn(ctx, r.slots[i], r.slots[i].ID(), cmp.Or(w.Grace, defaultGrace), cell, open)
	return died, err
}

// run does the pool's work until it is stopped or gives up.
func (r *poolRun) run() {
	stopped := r.life.Context()
	for {
		select {
		case <-stopped.Done():
			r.stopAll()
			r.life.End(context.Cause(stopped))
			return
		case e := <-r.events:
			if err := r.handle(e); err != nil {
				record.PoolGaveUp.Log(r.dispatcher.sys.Logger(), record.Pool(r.dispatcher.path), record.PID(r.life.PID()), record.Reason(err))
				r.stopAll()
				r.life.End(err)
				return
			}
		case now := <-r.told.due():
			r.told.tick(now)
		case <-r.dispatcher.wanted:
			for i := range r.slots {
				_ = r.handle(poolEvent{kind: placeWanted, place: i}) // it ends no pool
			}
		}
	}
}

// handle steps the machine and does what it says; an error ends the pool.
func (r *poolRun) handle(e poolEvent) error {
	e.id, e.jitter, e.wanted = r.slots[e.place].ID(), chance(), r.dispatcher.someWait()
	if e.ends() {
		r.busy[e.place] = false
	}
	if r.life.StopRequested() != nil {
		return nil // what happens from now on is a part of the stop
	}
	now := time.Now()
	r.told.ended(now, r.slots[e.place], e)
	a := r.machine.step(now, e)
	r.told.restarted(now, r.slots[e.place], e, a)
	switch {
	case a.giveUp != nil:
		return a.giveUp
	case a.start && a.after > 0:
		r.startLater(e.place, a.after)
	case a.start:
		r.forgetTimer(e.place)
		r.busy[e.place] = true
		go r.restart(e.place)
	}
	return nil
}

// startLater has a place start after its backoff, which ends sooner if calls
// begin to wait meanwhile.
func (r *poolRun) startLater(place int, d time.Duration) {
	r.forgetTimer(place)
	r.timers[place] = time.AfterFunc(d, func() {
		r.events <- poolEvent{kind: placeWaitEnded, place: place}
	})
	r.dispatcher.tellWanted()
}

func (r *poolRun) forgetTimer(place int) {
	if t := r.timers[place]; t != nil {
		t.Stop()
		r.timers[place] = nil
	}
}

// restart starts a place again; that it failed is told here, that it did not by
// the worker's cell: so its exit cannot come first.
func (r *poolRun) restart(i int) {
	died, err := r.startWorker(r.starts, i)
	if err == nil {
		return
	}
	e := poolEvent{kind: placeFailed, place: i, reason: err}
	switch {
	case errors.Is(err, actor.ErrClosed):
		e.kind = placeClosed
	case died == osproc.DeathUnfit, hopeless(err):
		e.kind = placeHopeless
	case died == osproc.DeathDebugged:
		e.kind = placeReplaced // who debugged it ended it
	}
	r.events <- e
}

// stopAll stops all workers at once and returns when all have ended.
func (r *poolRun) stopAll() {
	r.cancel(actor.ErrShutdown)
	for i, s := range r.slots {
		r.forgetTimer(i)
		s.Stop(actor.ErrShutdown)
	}
	limit := time.NewTimer(cmp.Or(r.worker.Grace, defaultGrace) + osproc.ReapBound)
	defer limit.Stop()
	kill, late := r.life.Killed(), limit.C
	for r.anyLeft() {
		select {
		case e := <-r.events:
			r.stopping(e)
		case <-r.gone:
		case <-kill:
			kill = nil
			r.killAll()
		case <-late:
			late = nil
			r.killAll()
		}
	}
	for len(r.events) > 0 { // of those who are gone
		r.stopping(<-r.events)
	}
	r.told.end(time.Now())
	for _, s := range r.slots {
		s.Release(actor.ErrShutdown)
	}
}

// stopping takes an event of a pool that stops into account.
func (r *poolRun) stopping(e poolEvent) {
	if e.kind == placeStarted {
		r.slots[e.place].Stop(actor.ErrShutdown)
	}
	if e.ends() {
		r.busy[e.place] = false
	}
	if _, crashed := errors.AsType[*actor.PanicError](e.reason); crashed { // which nobody asked for
		r.told.ended(time.Now(), r.slots[e.place], e)
	}
}

func (r *poolRun) killAll() {
	for _, s := range r.slots {
		s.Kill(actor.ErrKilled)
	}
}

// anyLeft reports whether a worker lives or is being started.
func (r *poolRun) anyLeft() bool {
	for i, s := range r.slots {
		if _, alive := s.PID(); alive || r.busy[i] {
			return true
		}
	}
	return false
}
