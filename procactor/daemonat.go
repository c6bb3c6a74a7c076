package procactor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/proctor-dev/proctor/actor"
)

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
