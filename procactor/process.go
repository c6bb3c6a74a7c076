package procactor

import (
	"context"
	"fmt"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/supervise"
)

// Host is where a task can run: a [Process], a [Pool], or, by [At], whatever
// of the two is at a path. The interface is sealed.
type Host interface {
	// Quarantine returns the keys whose calls have killed or hung workers, those
	// that are refused for it and those that are not yet, by task and key.
	Quarantine() []Suspect
	// Pardon forgets what is remembered of a task's key, and lets its calls
	// through again; false when nothing is. One that runs may still be the first
	// of the next row.
	Pardon(task, key string) bool

	// find returns the queue and workers of now.
	find() (*core, error)
	// targets are those that the host keeps; nil: it keeps none.
	targets() *keptTargets
	name() string
}

// Process is a worker process as an actor: a name that outlives the processes
// that fill it. All methods may be called from any goroutine.
type Process struct {
	sys  *actor.System
	path string
	core *core
	kept keptTargets
}

// processCell is the cell of a Process: its queue outlives the worker.
type processCell struct {
	core *core
	up   func() // of a pool: told that the worker is in service, before it can end; else nil
	next runner // the one that Live is about
}

// Live implements [actor.Cell].
func (p *processCell) Live(*actor.Life) {
	p.core.add(p.next)
	if p.up != nil {
		p.up()
	}
}

// Held implements [actor.Cell].
func (p *processCell) Held() {}

// Gone implements [actor.Cell].
func (p *processCell) Gone(reason error) {
	if p.up == nil {
		p.core.close(reason)
	}
}

// Drained implements [actor.Drainer].
func (p *processCell) Drained(ctx context.Context) error { return p.core.drained(ctx) }

func (p *processCell) host() *core { return p.core }

// Start starts a worker process at the spawner and returns when it is ready:
// after its handshake and its [Setup]. ctx bounds the start only. Calls wait in
// a mailbox of [mailbox.Config]'s defaults while the worker is busy, or, if it
// is supervised, while it is being restarted.
//
// Every error is a *[actor.StartError]. It wraps [ErrNoMain], [ErrTooDeep], what
// the system says of a program that cannot be started, *[WorkerError],
// *[HandshakeError], *[SetupError], *[ExitError] for a worker that died, or [ErrStartTimeout].
func Start(ctx context.Context, at actor.Spawner, name string, w Worker) (*Process, error) {
	cell, err := startIn(ctx, at, name, w, func(sys *actor.System, path string) *processCell {
		return &processCell{core: newCore(sys, path, mailbox.Config{}, 1)}
	})
	if err != nil {
		return nil, err
	}
	return &Process{sys: cell.core.sys, path: cell.core.path, core: cell.core}, nil
}

// startIn starts a worker process in a cell of its own, or of a pool.
func startIn(ctx context.Context, at actor.Spawner, name string, w Worker, fresh func(sys *actor.System, path string) *processCell) (*processCell, error) {
	if ctx == nil {
		return nil, &actor.StartError{Name: name, Err: actor.ErrNoContext}
	}
	sys, path, err := actor.Locate(at, name)
	if err != nil {
		return nil, err
	}
	cell, life, err := actor.Begin(at, name, func() *processCell { return fresh(sys, path) })
	if err != nil {
		return nil, err
	}
	life.SetShutdown(orDefault(w.Grace, defaultGrace) + reapBound + drainBound)
	s, err := newRunner(ctx, cell.core, life, w)
	if err != nil {
		life.End(err)
		return nil, &actor.StartError{Name: path, Err: err}
	}
	cell.next = s
	ready := life.Ready()
	go s.watch() // also if it was stopped meanwhile: somebody must end the process
	if !ready {
		return nil, &actor.StartError{Name: path, Err: life.Reason()}
	}
	return cell, nil
}

// newRunner makes what runs the calls of one life.
func newRunner(ctx context.Context, c *core, l *actor.Life, w Worker) (runner, error) {
	if w.exec != nil {
		return w.exec(c, l, w)
	}
	s, err := launch(ctx, c, l, w)
	if err != nil {
		return nil, redacted(w.Redact, err)
	}
	return s, nil
}

// Child returns the spec of a worker process as a supervised child, permanent,
// with a shutdown time that lets it finish within its Grace.
func Child(id string, w Worker) supervise.ChildSpec {
	return supervise.ChildSpec{
		ID:       id,
		Shutdown: orDefault(w.Grace, defaultGrace) + reapBound,
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

func (p *Process) find() (*core, error)  { return resolve(p.core) }
func (p *Process) name() string          { return p.path }
func (p *Process) targets() *keptTargets { return &p.kept }

// At returns the process or pool at the path, whatever it is when a call is
// made; it looks nothing up before.
func At(sys *actor.System, path string) Host { return &pathHost{sys: sys, path: path} }

type pathHost struct {
	sys  *actor.System
	path string
	kept keptTargets
}

func (h *pathHost) name() string          { return h.path }
func (h *pathHost) targets() *keptTargets { return &h.kept }
func (h *pathHost) find() (*core, error)  { return coreAt(h.sys, h.path) }

// coreAt returns the queue and workers of what is at the path now.
func coreAt(sys *actor.System, path string) (*core, error) {
	c, ok := sys.CellAt(path)
	if !ok {
		return nil, actor.ErrNoActor
	}
	host, ok := c.(interface{ host() *core })
	if !ok {
		return nil, actor.ErrType
	}
	return host.host(), nil
}

// resolve returns c, or, when it is gone, what has taken its path since.
func resolve(c *core) (*core, error) {
	if !c.over.Load() {
		return c, nil
	}
	c.mu.Lock()
	gone := c.gone
	c.mu.Unlock()
	if next, err := coreAt(c.sys, c.path); err == nil && next != c {
		return next, nil
	}
	return nil, gone
}

// noHost is what a task is on that was given no host: each call says so.
type noHost struct{}

func (noHost) name() string { return "" }

func (noHost) targets() *keptTargets { return nil }

func (noHost) find() (*core, error) {
	return nil, fmt.Errorf("%w: Task.On was given no host", actor.ErrNoActor)
}
