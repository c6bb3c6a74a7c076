package procactor

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/proctor-dev/proctor/supervise"
)

// CommandHost is where the calls of command tasks run, see [NewCommandTask], each
// as a process of its own, and no more of these at once than [Commands.Limit]. It is
// up from its start, and has no process while nobody calls. The death of a process
// is that of its call alone: the host ends only when it is told to. All methods may
// be called from any goroutine.
type CommandHost struct {
	sys        *actor.System
	path       string
	dispatcher *dispatcher
	kept       keptTargets
}

// StartCommands starts a host of commands at the spawner. No process is started
// before a call comes. ctx bounds the start only.
//
// Every error is a *[actor.StartError]. It wraps a *[WorkerError] where Commands
// cannot be meant, or name a directory that cannot be used.
func StartCommands(ctx context.Context, at actor.Spawner, name string, c Commands) (*CommandHost, error) {
	if ctx == nil {
		return nil, &actor.StartError{Name: name, Err: actor.ErrNoContext}
	}
	_, path, err := actor.Locate(at, name)
	if err != nil {
		return nil, err
	}
	if c, err = c.checked(); err != nil {
		return nil, &actor.StartError{Name: path, Err: err}
	}
	cell, _, err := startIn(ctx, at, name, c.Grace, func(sys *actor.System, path string) *processCell {
		return &processCell{workerCell{dispatcher: newDispatcher(sys, path, c.Mailbox, c.Limit)}}
	}, c.open)
	if err != nil {
		return nil, err
	}
	dispatcher := cell.host()
	return &CommandHost{sys: dispatcher.sys, path: dispatcher.path, dispatcher: dispatcher}, nil
}

// CommandsChild returns the spec of a host of commands as a supervised child,
// permanent, with a shutdown time that lets what runs finish within its Grace.
func CommandsChild(id string, c Commands) supervise.ChildSpec {
	return supervise.ChildSpec{
		ID:       id,
		Shutdown: cmp.Or(c.Grace, defaultGrace) + osproc.ReapBound,
		Start: func(ctx context.Context, at *actor.Slot) error {
			_, err := StartCommands(ctx, at, supervise.NameAt(at, id), c)
			return err
		},
	}
}

// CommandHostAt returns a handle on the host of commands at the path, such as
// "top/tools". It looks nothing up: that none is there is told by the methods and
// by calls.
func CommandHostAt(sys *actor.System, path string) *CommandHost {
	return &CommandHost{sys: sys, path: path}
}

// Name returns the host's path.
func (h *CommandHost) Name() string { return h.path }

// PID returns the life of the host that is there now; false when there is none.
func (h *CommandHost) PID() (actor.PID, bool) { return h.sys.PIDAt(h.path) }

// Watch watches the life of the host that is there now, or the next, and no process
// of it; see [actor.Target].
func (h *CommandHost) Watch(ctx context.Context) <-chan actor.Down { return watchOf(ctx, h) }

// Do implements [Host]. It runs nothing: a request that came as bytes has not the
// functions of a command task, and its error is a *[HandshakeError] that says so.
func (h *CommandHost) Do(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error {
	return doOn(ctx, h, r, reply)
}

// Stop stops the host: what runs may finish within its Grace, then come TERM and
// KILL for the processes' groups; what waits is answered with [actor.ErrNoActor]. It
// returns when all have ended.
//
// The end of ctx is a kill, after which Stop returns within a bounded time; with
// a ctx that has ended before, no process is asked. It is an error then, even if
// nothing is left. If a process has not ended though it was killed, the host is named
// by an *[actor.CloseError], which wraps the error of a ctx that has ended.
//
// Other errors are those of [actor.System.Stop]: [actor.ErrNotParent] for a
// supervised host, which its supervisor stops, and [actor.ErrNoActor] for one
// that is over.
func (h *CommandHost) Stop(ctx context.Context) error { return h.sys.Stop(ctx, h.path) }

// Quarantine returns the keys whose calls have died or hung, those that are refused
// for it and those that are not yet, by task and key.
func (h *CommandHost) Quarantine() []Suspect { return quarantineOf(h) }

// Pardon forgets what is remembered of a task's key, and lets its calls through
// again; false when nothing is. One that runs may still be the first of the next
// row.
func (h *CommandHost) Pardon(task, key string) bool { return pardonOf(h, task, key) }

// Running returns the processes that run now, in the order of their starts. It is
// what was so a moment ago: a process may have ended since.
func (h *CommandHost) Running() []RunningCommand {
	c, err := h.find()
	if err != nil {
		return nil
	}
	var all []RunningCommand
	for _, r := range c.inService() {
		if s, ok := r.(*commandBackend); ok {
			all = append(all, s.running()...)
		}
	}
	slices.SortFunc(all, func(a, b RunningCommand) int { return a.Since.Compare(b.Since) })
	return all
}

// RunningCommand is a process of a [CommandHost] at one moment.
type RunningCommand struct {
	Process int       // its id
	Task    string    // the task's name
	Key     string    // that of the call, see [Task.WithKey]; empty when it has none
	Since   time.Time // when it was started
}

func (h *CommandHost) find() (*dispatcher, error) { return resolve(h.dispatcher, h.sys, h.path) }
func (h *CommandHost) name() string               { return h.path }
func (h *CommandHost) targets() *keptTargets      { return &h.kept }

// Commands says how many processes of command tasks run at once on a
// [CommandHost], and how they are treated. The zero value is a sensible one; it is a
// value, and one may serve any number of starts.
type Commands struct {
	// Limit is how many processes run at once, of whatever tasks; zero means
	// GOMAXPROCS. Calls beyond it wait in the mailbox, and begin in their order.
	Limit int
	// Env is the environment of a [Command] that has none, as "key=value"; nil means
	// this process's own.
	Env []string
	// Dir is where the calls' private directories are made; empty means os.TempDir.
	Dir string
	// Stdout and Stderr take copies of what the programs write in calls that have
	// no [WithOutput]. Without Stdout, standard output is not logged; without Stderr,
	// standard error is, line by line. They are written to by one goroutine at a
	// time, also one that is given for both.
	Stdout, Stderr io.Writer
	// Grace is how long a process that was asked to end may take before it is
	// killed, and how long those that run when the host stops may take to finish;
	// zero means ten seconds.
	Grace time.Duration
	// MaxBody bounds what is kept of a program's standard output, in bytes; zero
	// means 256 MiB.
	MaxBody uint64
	// Mailbox bounds the calls that wait: 1024, and callers wait for room, if it is
	// zero.
	Mailbox mailbox.Config
	// Quarantine is for keys whose calls die or hang, see [Task.WithKey].
	Quarantine Quarantine
	// Redact makes of the text and the stack of a program's crash the ones that the
	// log is to show; nil logs all. The error of the call has all of it. It may be
	// called from several goroutines. If it panics, or takes longer than five
	// seconds, the log says so and nothing else.
	Redact func(string) string
}

// checked returns the commands with what zero stands for, or refuses what cannot
// be meant. It looks at nothing outside; see placed.
func (c Commands) checked() (Commands, error) {
	if c.Limit < 0 {
		return c, wrongCommands("Limit", fmt.Sprintf("is %d", c.Limit), "use 0 for GOMAXPROCS, or a positive number")
	}
	if c.Grace < 0 {
		return c, wrongCommands("Grace", fmt.Sprintf("is %v", c.Grace), fmt.Sprintf("use 0 for %v, or a positive duration", defaultGrace))
	}
	if field, problem, hint := c.Quarantine.mistake(); field != "" {
		return c, wrongCommands(field, problem, hint)
	}
	limits, err := checkedLimits(ofCommands, wire.Limits{MaxBody: c.MaxBody})
	if err != nil {
		return c, err
	}
	c.MaxBody = limits.MaxBody
	c.Limit = cmp.Or(c.Limit, runtime.GOMAXPROCS(0))
	c.Grace = cmp.Or(c.Grace, defaultGrace)
	c.Stdout, c.Stderr = stdio.OneAtATime(c.Stdout, c.Stderr) // the processes share them
	return c, nil
}

// placed returns the commands with their directory made absolute, if it can hold
// others.
func (c Commands) placed() (Commands, error) {
	if c.Dir != "" {
		if hint, problem := lackOfOwnDir("", c.Dir); problem != nil {
			return c, &WorkerError{of: ofCommands, Field: "Dir", Problem: fmt.Sprintf("%q is a relative path", c.Dir), Hint: hint, Err: problem}
		}
	}
	dir, err := filepath.Abs(cmp.Or(c.Dir, os.TempDir()))
	if err != nil {
		return c, err
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &os.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	if err != nil {
		return c, &WorkerError{of: ofCommands, Field: "Dir", Problem: fmt.Sprintf("%q cannot hold private directories", dir), Hint: "name a directory that is there", Err: err}
	}
	c.Dir = dir
	return c, nil
}

// ofCommands is what a [WorkerError] is about that refuses Commands.
const ofCommands = "Commands"

func wrongCommands(field, problem, hint string) error {
	return &WorkerError{of: ofCommands, Field: field, Problem: problem, Hint: hint}
}
