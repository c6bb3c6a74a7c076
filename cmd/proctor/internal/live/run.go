package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// Program is what a policy file comes to.
type Program struct {
	File *policy.File
	Fill policy.Fill
	Spec supervise.Spec
	// Sources are the outputs of the children, by their paths below the root.
	Sources map[string]*output.Source
}

// Config is what Run needs.
type Config struct {
	Program Program
	// Load reads the policy file again.
	Load func() (Program, error)
	// Board has the output of the children.
	Board *output.Board
	Log   *slog.Logger
	// Signals are those that this process gets.
	Signals <-chan os.Signal
	// Terminal is the one that these may tell the end of; nil: none.
	Terminal *Terminal
	// Reap has orphans reaped that this process has adopted.
	Reap bool
}

// End is why a tree has ended.
type End uint8

// The ends.
const (
	Stopped    End = iota // it was asked to
	GaveUp                // by itself: too many restarts, or an escalation
	Finished              // by itself, as its auto_shutdown says
	NotStarted            // a child did not start
	Killed                // it was asked to, and then to hurry
)

// errAsked is why a start ends that a signal interrupts.
var errAsked = errors.New("asked to stop")

// Tree is a running tree. It implements [control.Tree].
type Tree struct {
	Config
	sys       *actor.System
	chronicle chronicle

	halted chan struct{} // closed when it is to stop
	halt   sync.Once

	reload chan struct{} // has an element while somebody holds the file that is in force

	mu      sync.Mutex // protects the following
	program Program    // in force
}

// New returns a tree that is not started yet.
func New(c Config) *Tree {
	return &Tree{
		Config: c, program: c.Program, halted: make(chan struct{}), reload: make(chan struct{}, 1),
		sys: actor.NewSystem(actor.WithLogger(c.Log)),
	}
}

// Halt has the tree stopped.
func (t *Tree) Halt() { t.halt.Do(func() { close(t.halted) }) }

// top is a handle on the root, whichever life of it there is.
func (t *Tree) top() *supervise.Supervisor { return supervise.SupervisorAt(t.sys, t.name()) }

func (t *Tree) name() string { return t.Program.Spec.Name }

// started is how the start went.
type started struct {
	sup *supervise.Supervisor
	err error
}

// Run starts the tree and returns when nothing is left of it. The error says
// why, unless it was stopped as it was asked to.
func (t *Tree) Run() (End, error) {
	starting, giveUp := context.WithCancelCause(context.Background())
	defer giveUp(nil)
	killing, kill := context.WithCancel(context.Background())
	defer kill()
	up := make(chan started, 1)
	watcher := t.observer()
	defer watcher.end()
	go func() {
		sup, err := supervise.Start(starting, t.sys, watcher.before(t.Program.Spec))
		watcher.begin()
		up <- started{sup, err}
	}()
	turns := &turns{tree: t, giveUp: giveUp, kill: kill, told: make(map[os.Signal]bool)}
	end, err := turns.untilEnd(killing, up)
	var left *actor.CloseError // that it was killed is known
	if errors.As(t.sys.Close(killing), &left) {
		t.Log.Error("not all ended", "error", left)
	}
	var flushed sync.WaitGroup
	for _, s := range t.sources() {
		flushed.Go(s.Flush) // each waits a little for whoever does not read
	}
	flushed.Wait()
	if killing.Err() != nil && end == Stopped {
		end, err = Killed, errors.New("a second signal came: what had not ended was killed")
	}
	return end, err
}

func (t *Tree) sources() map[string]*output.Source {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.program.Sources
}

// turns is the loop of a run.
type turns struct {
	tree   *Tree
	giveUp context.CancelCauseFunc // interrupts the start
	kill   context.CancelFunc      // ends a stop that takes too long

	asked   bool            // to stop
	over    <-chan struct{} // of the supervisor; nil while it starts
	stopped chan struct{}   // closed when a stop has returned
	sup     *supervise.Supervisor
	again   *time.Timer        // when to reap once more
	told    map[os.Signal]bool // those whose being nobody's was logged
}

// untilEnd returns when the supervisor has ended, or could not be started.
func (l *turns) untilEnd(killing context.Context, up <-chan started) (End, error) {
	l.again = time.NewTimer(time.Hour)
	defer l.again.Stop()
	halted := l.tree.halted
	for {
		select {
		case s := <-up:
			if s.err != nil {
				return l.notStarted(s.err)
			}
			l.sup, l.over = s.sup, s.sup.Done()
			if l.asked {
				l.stop(killing)
			}
		case <-l.over:
			if l.stopped != nil {
				<-l.stopped
			}
			return l.ended(l.sup.Err())
		case sig := <-l.tree.Signals:
			l.signal(killing, sig)
		case <-halted:
			halted = nil
			l.askStop(killing)
		case <-l.again.C:
			l.reap()
		}
	}
}

func (l *turns) notStarted(err error) (End, error) {
	if l.asked {
		return Stopped, nil
	}
	if failed, ok := errors.AsType[*actor.StartError](err); ok {
		switch failed.Err.(type) { //nolint:errorlint // that of a supervisor beneath is a child that did not start
		case *supervise.IntensityError, *supervise.EscalateError, *supervise.AutoShutdownError:
			return l.ended(failed.Err) // a boot by BootRestart ended as what is up does
		}
	}
	return NotStarted, err
}

func (l *turns) ended(reason error) (End, error) {
	var auto *supervise.AutoShutdownError
	switch {
	case l.asked:
		return Stopped, nil
	case errors.As(reason, &auto):
		return Finished, reason
	}
	return GaveUp, reason
}

// signal deals with one signal.
func (l *turns) signal(killing context.Context, sig os.Signal) {
	switch whatIs(sig, l.tree.Terminal.look(time.Now())) {
	case isStop:
		if l.asked {
			l.tree.Log.Warn("a second signal: what is left is killed", "signal", sig.String())
			l.kill()
			if l.sup == nil { // nobody stops what is being started but its own undoing, which has to hurry
				go func() { _ = l.tree.sys.Close(killing) }()
			}
			return
		}
		l.tree.Log.Info("stopping", "signal", sig.String())
		l.askStop(killing)
	case isHangup: // there may be several for one end of a terminal: they are no haste
		if !l.asked {
			l.tree.Log.Info("stopping: the terminal is gone", "signal", sig.String())
			l.askStop(killing)
		}
	case isReload:
		if !l.asked {
			go func() { _, _ = l.tree.Reload(context.Background()) }() // what is wrong is in the log
		}
	case isChild:
		l.reap()
	case isNobodys:
		if !l.told[sig] {
			l.told[sig] = true
			l.tree.Log.Info("this signal is handed on to no program: proctor signal sends it to one", "signal", sig.String())
		}
	case isIgnored:
	}
}

// askStop begins the stop, once.
func (l *turns) askStop(killing context.Context) {
	if l.asked {
		return
	}
	l.asked = true
	l.giveUp(errAsked)
	if l.sup != nil {
		l.stop(killing)
	}
}

// stop stops the supervisor while this loop goes on.
func (l *turns) stop(killing context.Context) {
	l.stopped = make(chan struct{})
	go func() {
		defer close(l.stopped)
		_ = l.sup.Stop(killing) // that it was killed is known
	}()
}

// reap reaps orphans, and comes back when one of ours was in the way.
func (l *turns) reap() {
	if !l.tree.Reap {
		return
	}
	pids, again := procactor.ReapStrangers(l.tree.sys)
	if len(pids) > 0 {
		l.tree.Log.Debug("orphans have ended", "pids", fmt.Sprint(pids))
	}
	pause := time.Minute // a signal for each end is not promised
	if again {
		pause = 10 * time.Millisecond
	}
	l.again.Reset(pause)
}
