package procactor

import (
	"cmp"
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
		return &processCell{workerCell{core: newCore(sys, path, mailbox.Config{}, 1)}}
	})
	if err != nil {
		return nil, err
	}
	c := cell.host()
	return &Process{sys: c.sys, path: c.path, core: c}, nil
}

// Child returns the spec of a worker process as a supervised child, permanent,
// with a shutdown time that lets it finish within its Grace.
func Child(id string, w Worker) supervise.ChildSpec {
	return supervise.ChildSpec{
		ID:       id,
		Shutdown: cmp.Or(w.Grace, defaultGrace) + reapBound,
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
