package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/supervise"
)

// Process is a worker process as an actor: a name that outlives the processes
// that fill it. All methods may be called from any goroutine.
type Process struct {
	sys        *actor.System
	path       string
	dispatcher *dispatcher
	kept       keptTargets
}

// Start starts a worker process at the spawner and returns when it is ready:
// after its handshake and its [Setup]. ctx bounds the start only. Calls wait in
// a mailbox of [mailbox.Config]'s defaults while the worker is busy, or, if it
// is supervised, while it is being restarted.
//
// Every error is a *[actor.StartError]. It wraps [ErrNoMain], [ErrTooDeep], what
// the system says of a program that cannot be started, *[WorkerError],
// *[HandshakeError], *[SetupError], *[ExitError] for a worker that died, or [ErrStartTimeout].
func Start(ctx context.Context, at actor.Spawner, name string, w Worker) (*Process, error) {
	cell, _, err := startIn(ctx, at, name, cmp.Or(w.Grace, defaultGrace), func(sys *actor.System, path string) *processCell {
		return &processCell{workerCell{dispatcher: newDispatcher(sys, path, mailbox.Config{}, 1)}}
	}, w.open)
	if err != nil {
		return nil, err
	}
	c := cell.host()
	return &Process{sys: c.sys, path: c.path, dispatcher: c}, nil
}

// ProcessChild returns the spec of a worker process as a supervised child, permanent,
// with a shutdown time that lets it finish within its Grace.
func ProcessChild(id string, w Worker) supervise.ChildSpec {
	return supervise.ChildSpec{
		ID:       id,
		Shutdown: cmp.Or(w.Grace, defaultGrace) + osproc.ReapBound,
		Start: func(ctx context.Context, at *actor.Slot) error {
			_, err := Start(ctx, at, supervise.NameAt(at, id), w)
			return err
		},
	}
}

// Name returns the process's path.
func (p *Process) Name() string { return p.path }

// PID returns the life that runs now; false when there is none.
func (p *Process) PID() (actor.PID, bool) { return p.sys.PIDAt(p.path) }

// Stop asks the worker to finish what runs and end; after its Grace it is
// terminated and killed. It returns when the worker has ended.
//
// The end of ctx is a kill, after which Stop returns within a bounded time; with
// a ctx that has ended before, the worker is not asked. It is an error then,
// even if nothing is left. A process that has not ended though it was killed is
// named by an *[actor.CloseError], which wraps the error of a ctx that has ended.
//
// Other errors are those of [actor.System.Stop]: [actor.ErrNotParent] for a
// supervised worker, which its supervisor stops, and [actor.ErrNoActor] for one
// that is over.
func (p *Process) Stop(ctx context.Context) error { return p.sys.Stop(ctx, p.path) }

// ProcessAt returns a handle on the worker process at the path, such as
// "top/thumbs". It looks nothing up: that none is there is told by the methods
// and by calls.
func ProcessAt(sys *actor.System, path string) *Process { return &Process{sys: sys, path: path} }

func (p *Process) find() (*dispatcher, error) { return resolve(p.dispatcher, p.sys, p.path) }
func (p *Process) name() string               { return p.path }
func (p *Process) targets() *keptTargets      { return &p.kept }

// ProcessIDsAt returns the ids of the operating system's processes that run for
// the actor at the path, such as "top/web", in ascending order: that of a worker
// or of a plain program, also of one by [RunDaemonFor], those of a pool's
// workers; none when nothing runs there, or what runs is of another kind. It is
// what was so a moment ago: a process may have ended since.
func ProcessIDsAt(sys *actor.System, path string) []int {
	for _, at := range []string{path, runFor(path)} {
		if pid, ok := DaemonAt(sys, at).Process(); ok {
			return []int{pid}
		}
	}
	c, err := dispatcherAt(sys, path)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	backends := slices.Clone(c.backends)
	c.mu.Unlock()
	var pids []int
	for _, s := range backends {
		if pid := s.process(); pid != 0 {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// SignalAt sends a signal to the operating system's processes that run for the
// actor at the path, such as "top/web", and not to what these have started: to
// those of [ProcessIDsAt], and of a [CommandHost] to all of them.
//
// Errors: [actor.ErrNoActor] when none runs there, and what the system says of
// each that could not be signaled; Windows only knows os.Kill. It may be called
// from any goroutine.
func SignalAt(sys *actor.System, path string, sig os.Signal) error {
	return signalAt(sys, path, func(c *osproc.Child) error { return c.Signal(sig) })
}

// SignalGroupAt is [SignalAt] for these processes and all that is in their
// process groups. What leads no group of its own any more is signaled alone.
// Windows has no groups: the error is [errors.ErrUnsupported].
func SignalGroupAt(sys *actor.System, path string, sig os.Signal) error {
	return signalAt(sys, path, func(c *osproc.Child) error { return c.SignalGroup(sig) })
}

func signalAt(sys *actor.System, path string, signal func(*osproc.Child) error) error {
	var failed []error
	reached := false
	for _, c := range childrenAt(sys, path) {
		err := signal(c)
		switch {
		case err == nil:
			reached = true
		case !errors.Is(err, os.ErrProcessDone):
			failed = append(failed, fmt.Errorf("process %d: %w", c.Pid(), err))
		}
	}
	if !reached && len(failed) == 0 {
		return fmt.Errorf("%w: %s: %w", actor.ErrNoActor, path, errNotUp)
	}
	return errors.Join(failed...)
}

// childrenAt are the processes that run for the actor at the path.
func childrenAt(sys *actor.System, path string) (all []*osproc.Child) {
	for _, at := range []string{path, runFor(path)} {
		if r := DaemonAt(sys, at).find(); r != nil {
			return []*osproc.Child{r.child}
		}
	}
	c, err := dispatcherAt(sys, path)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	backends := slices.Clone(c.backends)
	c.mu.Unlock()
	for _, s := range backends {
		all = append(all, childrenOf(s)...)
	}
	return all
}

// childrenOf are the processes of a place.
func childrenOf(place backend) (all []*osproc.Child) {
	switch s := place.(type) {
	case *workerLife:
		if c, ok := s.child.running.(*osproc.Child); ok {
			all = append(all, c)
		}
	case *commandBackend:
		for _, r := range s.underWay() {
			r.mu.Lock()
			if r.child != nil {
				all = append(all, r.child)
			}
			r.mu.Unlock()
		}
	}
	return all
}

// cellOfBackend is the cell of what runs calls: a processCell or a placeCell.
type cellOfBackend interface {
	actor.Cell
	host() *dispatcher
	willRun(s backend)
}

// workerCell is what the cells of backends have in common.
type workerCell struct {
	dispatcher *dispatcher
	next       backend // the one that Live is about
}

// Held implements [actor.Cell].
func (c *workerCell) Held() {}

// Drained implements [actor.Drainer].
func (c *workerCell) Drained(ctx context.Context) error { return c.dispatcher.drained(ctx) }

func (c *workerCell) host() *dispatcher { return c.dispatcher }
func (c *workerCell) willRun(s backend) { c.next = s }

// processCell is the cell of a Process or a CommandHost: its queue outlives the
// backend, and ends with the name.
type processCell struct{ workerCell }

// Live implements [actor.Cell].
func (c *processCell) Live(*actor.Life) { c.dispatcher.add(c.next) }

// Gone implements [actor.Cell].
func (c *processCell) Gone(reason error) { c.dispatcher.close(reason) }

// placeCell is the cell of one place of a pool, whose queue is the pool's.
type placeCell struct {
	workerCell
	up func() // told that the worker is in service, before it can end
}

// Live implements [actor.Cell].
func (c *placeCell) Live(*actor.Life) {
	c.dispatcher.add(c.next)
	c.up()
}

// Gone implements [actor.Cell].
func (c *placeCell) Gone(error) {}

// startIn starts what open makes in a cell of its own, or of a pool. With the error
// of a start that a death of the process explains comes what that death means.
func startIn[C cellOfBackend](
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
func (w Worker) open(ctx context.Context, c *dispatcher, l *actor.Life) (backend, osproc.Death, error) {
	s, died, err := w.openWorkerLife(ctx, c, l)
	if err != nil {
		return nil, died, err
	}
	return s, osproc.DeathNone, nil
}

// openWorkerLife starts the worker, and has its errors as the user wants them.
func (w Worker) openWorkerLife(ctx context.Context, c *dispatcher, l *actor.Life) (*workerLife, osproc.Death, error) {
	s, died, err := launch(ctx, c, l, w)
	return s, died, redacted(w.Redact, err)
}
