package procactor

import (
	"cmp"
	"context"

	"github.com/proctor-dev/proctor/actor"
)

// cellOfWorker is the cell of a worker: a processCell or a placeCell.
type cellOfWorker interface {
	actor.Cell
	host() *core
	willRun(s runner)
}

// workerCell is what the cells of workers have in common.
type workerCell struct {
	core *core
	next runner // the one that Live is about
}

// Held implements [actor.Cell].
func (c *workerCell) Held() {}

// Drained implements [actor.Drainer].
func (c *workerCell) Drained(ctx context.Context) error { return c.core.drained(ctx) }

func (c *workerCell) host() *core      { return c.core }
func (c *workerCell) willRun(s runner) { c.next = s }

// processCell is the cell of a Process: its queue outlives the worker, and ends
// with the name.
type processCell struct{ workerCell }

// Live implements [actor.Cell].
func (c *processCell) Live(*actor.Life) { c.core.add(c.next) }

// Gone implements [actor.Cell].
func (c *processCell) Gone(reason error) { c.core.close(reason) }

// placeCell is the cell of one place of a pool, whose queue is the pool's.
type placeCell struct {
	workerCell
	up func(s runner) // told that a worker is in service, before it can end
}

// Live implements [actor.Cell].
func (c *placeCell) Live(*actor.Life) {
	c.core.add(c.next)
	c.up(c.next)
}

// Gone implements [actor.Cell].
func (c *placeCell) Gone(error) {}

// startIn starts a worker process in a cell of its own, or of a pool. With the
// error of a start that a death of the process explains comes what that death means.
func startIn[C cellOfWorker](ctx context.Context, at actor.Spawner, name string, w Worker, fresh func(sys *actor.System, path string) C) (C, death, error) {
	var none C
	if ctx == nil {
		return none, deathNone, &actor.StartError{Name: name, Err: actor.ErrNoContext}
	}
	sys, path, err := actor.Locate(at, name)
	if err != nil {
		return none, deathNone, err
	}
	cell, life, err := actor.Begin(at, name, func() C { return fresh(sys, path) })
	if err != nil {
		return none, deathNone, err
	}
	life.SetShutdown(cmp.Or(w.Grace, defaultGrace) + reapBound + drainBound)
	s, died, err := newRunner(ctx, cell.host(), life, w)
	if err != nil {
		life.End(err)
		return none, died, &actor.StartError{Name: path, Err: err}
	}
	cell.willRun(s)
	ready := life.Ready()
	go s.watch() // also if it was stopped meanwhile: somebody must end the process
	if !ready {
		return none, deathNone, &actor.StartError{Name: path, Err: life.Reason()}
	}
	return cell, deathNone, nil
}

// newRunner makes what runs the calls of one life; see startIn for the death.
func newRunner(ctx context.Context, c *core, l *actor.Life, w Worker) (runner, death, error) {
	if w.exec != nil {
		s, err := w.exec(c, l, w)
		return s, deathNone, err
	}
	s, died, err := launch(ctx, c, l, w)
	if err != nil {
		return nil, died, redacted(w.Redact, err)
	}
	return s, deathNone, nil
}
