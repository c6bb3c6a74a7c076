package procactor

import (
	"context"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// cellOfRunner is the cell of what runs calls: a processCell or a placeCell.
type cellOfRunner interface {
	actor.Cell
	host() *core
	willRun(s runner)
}

// workerCell is what the cells of runners have in common.
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

// processCell is the cell of a Process or a CommandHost: its queue outlives the
// runner, and ends with the name.
type processCell struct{ workerCell }

// Live implements [actor.Cell].
func (c *processCell) Live(*actor.Life) { c.core.add(c.next) }

// Gone implements [actor.Cell].
func (c *processCell) Gone(reason error) { c.core.close(reason) }

// placeCell is the cell of one place of a pool, whose queue is the pool's.
type placeCell struct {
	workerCell
	up func() // told that the worker is in service, before it can end
}

// Live implements [actor.Cell].
func (c *placeCell) Live(*actor.Life) {
	c.core.add(c.next)
	c.up()
}

// Gone implements [actor.Cell].
func (c *placeCell) Gone(error) {}

// startIn starts what open makes in a cell of its own, or of a pool. With the error
// of a start that a death of the process explains comes what that death means.
func startIn[C cellOfRunner](
	ctx context.Context, at actor.Spawner, name string, grace time.Duration, fresh func(sys *actor.System, path string) C, open opener,
) (C, osproc.Death, error) {
	var none C
	if ctx == nil {
		return none, osproc.DeathNone, &actor.StartError{Name: name, Err: actor.ErrNoContext}
	}
	sys, path, err := actor.Locate(at, name)
	if err != nil {
		return none, osproc.DeathNone, err
	}
	cell, life, err := actor.Begin(at, name, func() C { return fresh(sys, path) })
	if err != nil {
		return none, osproc.DeathNone, err
	}
	life.SetShutdown(grace + osproc.ReapBound + drainBound)
	s, died, err := open(ctx, cell.host(), life)
	if err != nil {
		life.End(err)
		return none, died, &actor.StartError{Name: path, Err: err}
	}
	cell.willRun(s)
	ready := life.Ready()
	go s.watch() // also if it was stopped meanwhile: somebody must end the process
	if !ready {
		return none, osproc.DeathNone, &actor.StartError{Name: path, Err: life.Reason()}
	}
	return cell, osproc.DeathNone, nil
}

// open is an opener.
func (w Worker) open(ctx context.Context, c *core, l *actor.Life) (runner, osproc.Death, error) {
	s, died, err := w.openSeat(ctx, c, l)
	if err != nil {
		return nil, died, err
	}
	return s, osproc.DeathNone, nil
}

// openSeat starts the worker, and has its errors as the user wants them.
func (w Worker) openSeat(ctx context.Context, c *core, l *actor.Life) (*seat, osproc.Death, error) {
	s, died, err := launch(ctx, c, l, w)
	return s, died, redacted(w.Redact, err)
}
