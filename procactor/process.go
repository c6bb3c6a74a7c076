package procactor

import (
	"cmp"
	"context"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/supervise"
)

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
	cell, _, err := startIn(ctx, at, name, cmp.Or(w.Grace, defaultGrace), func(sys *actor.System, path string) *processCell {
		return &processCell{workerCell{core: newCore(sys, path, mailbox.Config{}, 1)}}
	}, w.open)
	if err != nil {
		return nil, err
	}
	c := cell.host()
	return &Process{sys: c.sys, path: c.path, core: c}, nil
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

func (p *Process) find() (*core, error)  { return resolve(p.core, p.sys, p.path) }
func (p *Process) name() string          { return p.path }
func (p *Process) targets() *keptTargets { return &p.kept }
