package procactor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
	"golang.org/x/sync/errgroup"
)

// poolRun is the shell of one life of a pool: it does what the machine says.
type poolRun struct {
	core    *core
	life    *actor.Life
	worker  Worker
	machine poolMachine
	slots   []*actor.Slot
	events  chan poolEvent // a place has at most an exit, a start and a backoff under way
	starts  context.Context
	cancel  context.CancelCauseFunc
	timers  []*time.Timer
	busy    []bool   // a start is under way
	seats   []runner // each place's latest; set before its worker can end, read at its end
}

func newPoolRun(c *core, l *actor.Life, w Worker, cfg PoolConfig) *poolRun {
	r := &poolRun{
		core: c, life: l, worker: w,
		machine: poolMachine{intensity: cfg.Policy.Intensity, period: cfg.Policy.Period, places: make([]poolPlace, cfg.Size)},
		slots:   make([]*actor.Slot, cfg.Size),
		events:  make(chan poolEvent, 4*cfg.Size),
		timers:  make([]*time.Timer, cfg.Size),
		busy:    make([]bool, cfg.Size),
		seats:   make([]runner, cfg.Size),
	}
	r.starts, r.cancel = context.WithCancelCause(context.Background())
	for i := range r.slots {
		path := fmt.Sprintf("%s#%d", c.path, i+1)
		r.slots[i] = actor.NewSlot(l.System(), path, func(d actor.Down) { r.exited(i, d.Reason) })
	}
	return r
}

// exited turns a worker's end into an event; it does not wait.
func (r *poolRun) exited(i int, reason error) {
	kind := placeReplaced
	if counted(reason) {
		kind = placeDied
	}
	r.events <- poolEvent{kind: kind, place: i, reason: reason, served: r.seats[i].ofUse(), jitter: chance()}
}

// boot starts all workers, and stops them again if one fails.
func (r *poolRun) boot(ctx context.Context) error {
	group, starting := errgroup.WithContext(ctx)
	life := r.life.Context()
	starting, cancel := context.WithCancelCause(starting)
	defer cancel(nil)
	defer context.AfterFunc(life, func() { cancel(context.Cause(life)) })()
	for i := range r.slots {
		group.Go(func() error { return r.startWorker(starting, i) })
	}
	err := group.Wait()
	if err == nil {
		err = r.checkBudget()
	}
	if err != nil {
		r.stopAll()
		return err
	}
	return nil
}

// checkBudget refuses a pool that one poison request could end.
func (r *poolRun) checkBudget() error {
	if r.machine.intensity > fatalDeaths {
		return nil
	}
	for _, s := range r.core.inService() {
		for _, t := range s.tasks() {
			if t.Idempotent {
				return &supervise.SpecError{
					Supervisor: r.core.path, Field: "Policy.Intensity",
					Problem: fmt.Sprintf("is %d, but task %q is idempotent and may kill %d workers before it is quarantined", r.machine.intensity, t.Name, fatalDeaths),
					Mend:    fmt.Sprintf("allow more than %d, or leave it 0 for the default", fatalDeaths),
				}
			}
		}
	}
	return nil
}

// startWorker starts the worker of one place and returns when it is ready.
func (r *poolRun) startWorker(ctx context.Context, i int) error {
	_, err := startIn(ctx, r.slots[i], r.slots[i].ID(), r.worker, func(*actor.System, string) *processCell {
		cell := &processCell{core: r.core}
		cell.up = func() {
			r.seats[i] = cell.next
			r.events <- poolEvent{kind: placeStarted, place: i}
		}
		return cell
	})
	return err
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
				r.core.sys.Logger().Error("pool gave up", "pool", r.life.PID(), "error", err)
				r.stopAll()
				r.life.End(err)
				return
			}
		}
	}
}

// handle steps the machine and does what it says; an error ends the pool.
func (r *poolRun) handle(e poolEvent) error {
	e.id = r.slots[e.place].ID()
	if e.kind != placeWaitEnded {
		r.busy[e.place] = false
	}
	r.log(e)
	a := r.machine.step(time.Now(), e)
	switch {
	case a.giveUp != nil:
		return a.giveUp
	case a.start && a.after > 0:
		r.timers[e.place] = time.AfterFunc(a.after, func() {
			r.events <- poolEvent{kind: placeWaitEnded, place: e.place}
		})
	case a.start:
		r.busy[e.place] = true
		go r.restart(e.place)
	}
	return nil
}

// log tells of a worker that ended or could not be started.
func (r *poolRun) log(e poolEvent) {
	l := r.core.sys.Logger()
	switch e.kind {
	case placeDied, placeReplaced:
		l.Warn("worker of a pool ended", "worker", e.id, "reason", e.reason)
	case placeFailed:
		l.Warn("worker of a pool could not be started", "worker", e.id, "error", e.reason)
	case placeHopeless:
		l.Error("worker of a pool can never be started: its place stays empty", "worker", e.id, "error", e.reason)
	case placeStarted, placeWaitEnded:
	}
}

// restart starts a place again; that it failed is told here, that it did not by
// the worker's cell: so its exit cannot come first.
func (r *poolRun) restart(i int) {
	err := r.startWorker(r.starts, i)
	if err == nil {
		return
	}
	e := poolEvent{kind: placeFailed, place: i, reason: err, jitter: chance()}
	switch died, _ := errors.AsType[*ExitError](err); {
	case hopeless(err):
		e.kind = placeHopeless
	case died != nil && died.debugged:
		e.kind = placeReplaced // who debugged it ended it
	}
	r.events <- e
}

// stopAll stops all workers at once and returns when all have ended.
func (r *poolRun) stopAll() {
	r.cancel(actor.ErrShutdown)
	for i, s := range r.slots {
		if r.timers[i] != nil {
			r.timers[i].Stop()
		}
		s.Stop(actor.ErrShutdown)
	}
	limit := time.NewTimer(orDefault(r.worker.Grace, defaultGrace) + reapBound)
	defer limit.Stop()
	kill, late := r.life.Killed(), limit.C
	for r.anyLeft() {
		select {
		case e := <-r.events:
			if e.kind == placeStarted {
				r.slots[e.place].Stop(actor.ErrShutdown)
			}
			if e.kind != placeWaitEnded {
				r.busy[e.place] = false
			}
		case <-kill:
			kill = nil
			r.killAll()
		case <-late:
			late = nil
			r.killAll()
		}
	}
	for _, s := range r.slots {
		s.Release(actor.ErrShutdown)
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
