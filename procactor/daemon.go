package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/supervise"
)

// Daemon is a plain program that runs for long, such as a server, and that
// knows nothing of this package. It is a value, and one may serve any number of
// starts.
//
// It leads a session of its own, and has no terminal: its standard input is
// empty, and /dev/tty cannot be opened. Whoever opens another terminal, such as a
// serial line, and does not want its HUP, opens it with O_NOCTTY.
//
// It ends by itself or is stopped: by TERM to its process group, and by KILL
// when whoever stops it has waited long enough. Where no signal asks (Windows)
// KILL comes at once. All in its group is killed before its end is told, and
// when this process is killed, too.
type Daemon struct {
	// Args are the program, which is found as os/exec does, and its arguments.
	// No shell sees them.
	Args []string
	// Env is its environment, as "key=value"; nil means this process's own.
	Env []string
	// Dir is its working directory; empty means this process's own, and is
	// refused by a *[CommandError] when that was deleted.
	Dir string
	// Stdout and Stderr take what it writes; nil means log lines with its name
	// and pid. They are written to by one goroutine at a time each, one that is
	// given for both, too. One that panics gets nothing more, and the log says
	// so. A slow one slows the program's writes, and nobody else; one that is still stuck two seconds after the program has ended is
	// left behind.
	Stdout, Stderr io.Writer
	// Grace is how long it may take to end after TERM; zero means as long as
	// its supervisor gives it by Shutdown, and [actor.BrutalKill] that it gets
	// no TERM. Another negative one is a failed start.
	Grace time.Duration
	// Ready says when it is up. Zero: as soon as it was started.
	Ready Readiness
	// Redact makes of the text of an error of its start or end the one to show,
	// where program or directory are not for every reader; nil leaves all as it
	// is. What such an error wraps is as it was. It may be called from several
	// goroutines. If it panics, or takes longer than
	// five seconds, the text says so and nothing else.
	Redact func(string) string
}

// DaemonChild returns the spec of a plain program as a supervised child,
// permanent, with OTP's shutdown time, or one that lets it have its Grace.
//
// Its exit with status 0 is a normal end, every other end of its own a crash:
// an *[ExitError], which tells its [supervise.Cause]. A KILL that was not ours
// is a crash as well; see [ExitError] for whether it was for want of memory.
func DaemonChild(id string, d Daemon) supervise.ChildSpec {
	spec := supervise.ChildSpec{
		ID: id,
		Start: func(ctx context.Context, at *actor.Slot) error {
			_, err := StartDaemon(ctx, at, supervise.NameAt(at, id), d)
			return err
		},
	}
	if d.Grace > 0 {
		spec.Shutdown = d.Grace + osproc.ReapBound
	}
	return spec
}

// StartDaemon starts a plain program at the spawner and returns when it is
// ready. ctx bounds the start only; when it ends, the program is stopped as
// ever, which is waited for. One that was started at a System is stopped by
// [actor.System.Stop], whose ctx can have it killed.
//
// Every error is a *[actor.StartError]. It wraps *[CommandError] when the
// program cannot be started, *[ExitError] when it ended before it was ready,
// and [ErrStartTimeout] when it was not ready in time.
func StartDaemon(ctx context.Context, at actor.Spawner, name string, d Daemon) (*DaemonRef, error) {
	life, err := startDaemon(ctx, at, name, "", d)
	if err != nil {
		return nil, err
	}
	return DaemonAt(life.System(), life.PID().Name), nil
}

// startDaemon returns the life, which may be over by then. runOf is the path of
// the actor whose run it is; empty when it is an actor itself.
func startDaemon(ctx context.Context, at actor.Spawner, name, runOf string, d Daemon) (*actor.Life, error) {
	if ctx == nil {
		return nil, &actor.StartError{Name: name, Err: actor.ErrNoContext}
	}
	cell, life, err := actor.Begin(at, name, func() *daemonCell { return &daemonCell{} })
	if err != nil {
		return nil, err
	}
	path := life.PID().Name
	life.SetShutdown(cmp.Or(max(d.Grace, 0), defaultGrace) + osproc.ReapBound + drainBound)
	r := &daemonRun{
		daemon: d, life: life, sys: life.System(), exited: make(chan struct{}), who: record.Program(cmp.Or(runOf, path)), run: runOf != "",
	}
	if err := redacted(d.Redact, r.launch(ctx)); err != nil {
		life.End(err)
		return nil, &actor.StartError{Name: path, Err: err}
	}
	cell.next = r
	ready := life.Ready()
	go r.watch() // also if it was stopped meanwhile: somebody must end the process
	if !ready {
		return nil, &actor.StartError{Name: path, Err: life.Reason()}
	}
	return life, nil
}

// errNoProgram refuses a Daemon that names nothing.
var errNoProgram = errors.New("Daemon.Args names no program")

// daemonCell is the cell of a plain program. It has no queue: nobody calls it.
type daemonCell struct {
	next *daemonRun // the one that Live is about

	mu  sync.Mutex // protects the following
	now *daemonRun // nil when none runs
}

// Live implements [actor.Cell].
func (c *daemonCell) Live(*actor.Life) { c.set(c.next) }

// Held implements [actor.Cell].
func (c *daemonCell) Held() { c.set(nil) }

// Gone implements [actor.Cell].
func (c *daemonCell) Gone(error) { c.set(nil) }

func (c *daemonCell) set(r *daemonRun) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = r
}

// DaemonRef is a handle on the plain program at a path, whichever life of it is
// there when the handle is used. Its methods may be called from any goroutine.
type DaemonRef struct {
	sys  *actor.System
	path string
}

// DaemonAt returns a handle on the plain program at the path, such as
// "top/web". It looks nothing up: that none is there is told by the methods.
func DaemonAt(sys *actor.System, path string) *DaemonRef { return &DaemonRef{sys, path} }

// Name returns the program's path.
func (d *DaemonRef) Name() string { return d.path }

// PID returns the life that runs now; false when there is none.
func (d *DaemonRef) PID() (actor.PID, bool) { return d.sys.PIDAt(d.path) }

// Stop stops the program and returns when it has ended; see [Process.Stop], whose
// errors it has.
func (d *DaemonRef) Stop(ctx context.Context) error { return d.sys.Stop(ctx, d.path) }

func (d *DaemonRef) find() *daemonRun {
	c, ok := d.sys.CellAt(d.path)
	if !ok {
		return nil
	}
	cell, ok := c.(*daemonCell)
	if !ok {
		return nil
	}
	cell.mu.Lock()
	defer cell.mu.Unlock()
	return cell.now
}

// Process returns the id of its process; false when it is not up.
func (d *DaemonRef) Process() (pid int, ok bool) {
	r := d.find()
	if r == nil || isClosed(r.exited) {
		return 0, false
	}
	return r.child.Pid(), true
}

// errNotUp answers who signals a program that does not run.
var errNotUp = errors.New("the program is not up")

// Signal sends a signal to its process, not to the group. Errors:
// [actor.ErrNoActor] when it is not up, and what the system says; Windows only
// knows os.Kill.
func (d *DaemonRef) Signal(sig os.Signal) error {
	r := d.find()
	if r == nil {
		return fmt.Errorf("%w: %s: %w", actor.ErrNoActor, d.path, errNotUp)
	}
	if err := r.child.Signal(sig); err != nil {
		if errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("%w: %s: %w", actor.ErrNoActor, d.path, errNotUp)
		}
		return err
	}
	return nil
}

// RunDaemon runs a plain program in the System to its end, instead of a
// function: nil when it exits with status 0, otherwise the reason of its end. When
// ctx ends it is stopped, which is waited for, and the error is that of ctx; it
// has its own time for that, and is killed when that is over. One that not even
// that has ended is named by an *[actor.CloseError] beside.
func RunDaemon(ctx context.Context, sys *actor.System, d Daemon) error {
	name := anyRun()
	return runDaemon(ctx, sys, name, name, d)
}

// RunDaemonFor is RunDaemon for the actor at the path, such as "top/report",
// whose work the program does: [ProcessIDsAt] has its process there for as long
// as it runs. Of several at once it has the first.
func RunDaemonFor(ctx context.Context, sys *actor.System, path string, d Daemon) error {
	return runDaemon(ctx, sys, runFor(path), path, d)
}

func runDaemon(ctx context.Context, sys *actor.System, name, runOf string, d Daemon) error {
	life, err := startDaemon(ctx, sys, name, runOf, d)
	if errors.Is(err, actor.ErrTaken) { // such as by the run of a life that was abandoned
		name = anyRun()
		life, err = startDaemon(ctx, sys, name, runOf, d)
	}
	if err != nil {
		return err
	}
	over := life.Over()
	select {
	case <-over:
		if reason := life.Reason(); !actor.IsNormal(reason) {
			return reason
		}
		return nil
	case <-ctx.Done():
		ended := actor.ContextError(ctx)
		var left *actor.CloseError
		if errors.As(life.Stop(context.WithoutCancel(ctx)), &left) { // it is bounded by the life's own time
			return fmt.Errorf("%w: %w", ended, left)
		}
		return ended
	}
}

// runPrefix begins the names of runs.
const runPrefix = "procactor:run:"

// anyRun names a run that nobody is to find.
func anyRun() string { return runPrefix + strconv.FormatUint(rand.Uint64(), 36) }

// runFor names the run of the actor at the path. A name has neither '/' nor
// '#', and no two paths are to have one.
func runFor(path string) string {
	return runPrefix + strings.NewReplacer("%", "%25", "/", "%2F", "#", "%23").Replace(path)
}
