package procactor

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Worker says how a worker process comes to be and is treated. Make one with
// [Self] or [Program] and set what should differ; it is a value, and one may
// serve any number of starts.
type Worker struct {
	// Env is the worker's environment, as "key=value"; nil means this
	// process's own. What the handshake needs is added, and PROCTOR_PLACE
	// and PROCTOR_NUMBER, which the worker keeps; see the package's text.
	Env []string
	// Dir is the worker's working directory; empty means this process's own, and
	// is refused by a *[WorkerError] when that was deleted.
	Dir string
	// Stdout and Stderr take what the worker writes outside of calls that
	// have a [WithOutput]; nil means log lines with the worker's name and pid.
	// They are written to by one goroutine at a time each, one that is given
	// for both, too; a writer that several workers share must bear more. A slow
	// one slows the worker's writes, never its calls' frames; one that panics
	// gets nothing more, and the log says so.
	Stdout, Stderr io.Writer
	// Grace is how long a call may go on after its caller gave up, and how
	// long a worker that is to stop may take to finish what runs; zero means
	// ten seconds. After it come TERM and KILL. A call that does not heed the end
	// of its context, such as one into C, holds its worker for as long: a shorter
	// one frees it sooner, and leaves a worker that stops less time to finish.
	Grace time.Duration
	// StartTimeout bounds the time from the spawn to READY; zero means 30
	// seconds.
	StartTimeout time.Duration
	// Silence is how long a worker may leave pings unanswered before it counts
	// as hung and is killed; zero means 30 seconds, [actor.Infinity] for ever.
	Silence time.Duration
	// MaxFrame, MaxBody and Window are the limits of the wire in bytes; zero
	// means 1 MiB for a frame, 256 MiB for a request or reply, 256 KiB for what
	// a stream may be ahead of its reader. The worker may ask for less. Decoding
	// a message takes four times the MaxBody at most, on both sides, unless the
	// task's codec has a budget of its own (codec.Limits).
	MaxFrame uint32
	MaxBody  uint64
	Window   uint32
	// Channel, unless nil, is put between this process and the worker's frames:
	// what it returns is read, written and closed instead of what it is
	// given. It is meant for tests that cut, stall or record, and costs the
	// short way of reading.
	Channel func(io.ReadWriteCloser) io.ReadWriteCloser
	// Redact makes of the text of an error of its start the one to show, where
	// program or directory are not for every reader; nil leaves all as it is.
	// What such an error wraps is as it was. It may be called from several
	// goroutines. If it panics, or takes longer than
	// five seconds, the text says so and nothing else.
	Redact func(string) string
	// MaxDepth is how deep below the top parent a Self worker may be; zero
	// means two: a worker may have workers of its own, those may not.
	MaxDepth int

	self bool
	path string
	args []string
	// inside starts it without a process of its own; nil: as the fields say.
	inside func() (spawned, error)
	place  string // the path of its actor; set when it starts
	number int    // its place in its pool, from 1; zero: it is in none
	// debugged has it wait for a debugger, and have no limits; set when it starts.
	debugged bool
}

// Self returns a worker that is this very program, started again with the
// given arguments: it must call [Main] first in main. On Linux it is the same
// file even when that was replaced on disk meanwhile.
func Self(args ...string) Worker { return Worker{self: true, args: args} }

// Program returns a worker that is another program, found as os/exec finds it.
// It must call [Main], or speak the protocol otherwise.
func Program(path string, args ...string) Worker { return Worker{path: path, args: args} }

// The documented defaults of a Worker's fields.
const (
	defaultGrace        = 10 * time.Second
	defaultStartTimeout = 30 * time.Second
	defaultSilence      = 30 * time.Second
	defaultMaxDepth     = 2
)

// WorkerError refuses a [Worker], or [Commands], that cannot be meant, before
// anything is started.
type WorkerError struct {
	of      string // the type that Field is of; empty: Worker
	Field   string // of Worker or Commands; empty when it is about the whole
	Problem string // what is wrong, such as "is -1s"
	Hint    string // what to write instead
	Err     error  // what the system says of it, if it was asked
}

// Error names the field, the mistake and what to write instead.
func (e *WorkerError) Error() string {
	msg := cmp.Or(e.of, "Worker")
	if e.Field != "" {
		msg += "." + e.Field
	}
	msg += " " + e.Problem
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg + "; " + e.Hint
}

// Unwrap returns what the system says.
func (e *WorkerError) Unwrap() error { return e.Err }

// check finds what can be known to be wrong without starting anything. A
// directory that is not there would otherwise be told as a program that is not.
func (w Worker) check() error {
	if !w.self && w.path == "" && w.inside == nil {
		return &WorkerError{Problem: "names no program", Hint: "make it with Self or Program"}
	}
	for _, d := range []struct {
		field string
		value time.Duration
		zero  string
	}{
		{"Grace", w.Grace, defaultGrace.String()},
		{"StartTimeout", w.StartTimeout, defaultStartTimeout.String()},
	} {
		if d.value < 0 {
			return &WorkerError{Field: d.field, Problem: fmt.Sprintf("is %v", d.value), Hint: "use 0 for " + d.zero + ", or a positive duration"}
		}
	}
	if w.Silence < 0 && w.Silence != actor.Infinity {
		return &WorkerError{Field: "Silence", Problem: fmt.Sprintf("is %v", w.Silence), Hint: fmt.Sprintf("use 0 for %v, actor.Infinity for ever, or a positive duration", defaultSilence)}
	}
	if w.MaxDepth < 0 {
		return &WorkerError{Field: "MaxDepth", Problem: fmt.Sprintf("is %d", w.MaxDepth), Hint: fmt.Sprintf("use 0 for %d, or a positive number", defaultMaxDepth)}
	}
	if err := w.checkOwnDir(); err != nil {
		return err
	}
	if w.Dir == "" {
		return nil
	}
	const hint = "name a directory that is there, or leave it empty for this process's own"
	info, err := os.Stat(w.Dir)
	if err != nil {
		return &WorkerError{Field: "Dir", Problem: fmt.Sprintf("%q cannot be used", w.Dir), Hint: hint, Err: err}
	}
	if !info.IsDir() {
		return &WorkerError{Field: "Dir", Problem: fmt.Sprintf("%q cannot be used", w.Dir), Hint: hint, Err: syscall.ENOTDIR}
	}
	return nil
}

// checkOwnDir refuses a worker that needs the working directory of this process
// when that was deleted.
func (w Worker) checkOwnDir() error {
	if w.inside != nil {
		return nil // no process of its own
	}
	hint, problem := lackOfOwnDir(w.path, w.Dir)
	if problem == nil {
		return nil
	}
	switch {
	case w.Dir == "":
		return &WorkerError{Field: "Dir", Problem: "is empty", Hint: hint, Err: problem}
	case filepath.IsAbs(w.Dir):
		return &WorkerError{Problem: fmt.Sprintf("names its program %q by a relative path", w.path), Hint: hint, Err: problem}
	}
	return &WorkerError{Field: "Dir", Problem: fmt.Sprintf("%q is a relative path", w.Dir), Hint: hint, Err: problem}
}

// limits are those of the wire to the worker, with the defaults filled in.
func (w Worker) limits() (wire.Limits, error) {
	return checkedLimits("", wire.Limits{MaxFrame: w.MaxFrame, MaxBody: w.MaxBody, Window: w.Window})
}

// checkedLimits are the limits with the defaults filled in; of says which type has
// them, see [WorkerError].
func checkedLimits(of string, l wire.Limits) (wire.Limits, error) {
	l = l.OrDefault()
	err := l.Check()
	if err == nil {
		return l, nil
	}
	field, least := "MaxFrame", uint64(wire.MinFrame)
	if tooSmall, ok := errors.AsType[*wire.LimitError](err); ok && tooSmall.What == wire.BoundBody {
		field, least = "MaxBody", wire.MinBody
	}
	return l, &WorkerError{of: of, Field: field, Problem: "is too small", Hint: fmt.Sprintf("use 0 for the default, or at least %d", least), Err: err}
}

// running is a started process as its workerLife sees it: a child, or what a test
// runs instead of one.
type running interface {
	Pid() int
	// Wait waits for the end of the process, reaps it and says how it ended.
	Wait() osproc.Status
	// Manner says why the system ended it; after Wait, and not of an end of ours.
	Manner() osproc.Manner
	// Sighted is called when it has come up, and now and then while it goes on.
	Sighted()
	// Leaving tells, where the system does, that the end has begun.
	Leaving() bool
	Terminate()
	Dump()
	KillGroup()
}

// spawned is a running process with the parent's ends of its channels.
type spawned struct {
	running
	frames                io.ReadWriteCloser
	stdout, stderr, crash *os.File          // nil: it has none
	begun                 *osproc.BegunPage // nil: it tells nothing
}

// spawn starts the process of a worker, whom guarded guards.
func (w Worker) spawn(guarded *guardian.Slot) (spawned, error) {
	if w.inside != nil {
		return w.inside()
	}
	plan, err := w.plan()
	if err != nil {
		return spawned{}, err
	}
	plan.Keeper = guarded
	c, ends, err := osproc.StartWorker(plan, channelVariables)
	if err != nil && !w.self {
		err = hinted(plan.Path, err)
	}
	if err != nil {
		return spawned{}, err
	}
	return spawned{
		running: c, frames: osproc.NewDuplex(ends.Replies, ends.Requests),
		stdout: ends.Stdout, stderr: ends.Stderr, crash: ends.Crash, begun: ends.Begun,
	}, nil
}

// plan checks what can be checked before a process is there.
func (w Worker) plan() (osproc.Plan, error) {
	p := osproc.Plan{Path: w.path, Args: append([]string{w.path}, w.args...), Dir: w.Dir}
	if err := w.check(); err != nil {
		return p, err
	}
	depth := ownDepth()
	switch {
	case w.self && depth < 0:
		return p, ErrNoMain
	case w.self && depth >= cmp.Or(w.MaxDepth, defaultMaxDepth):
		return p, fmt.Errorf("%w: this process is %d below the top, Worker.MaxDepth allows %d", ErrTooDeep, depth, cmp.Or(w.MaxDepth, defaultMaxDepth))
	case w.self:
		self, err := osproc.SelfPath()
		if err != nil {
			return p, fmt.Errorf("find this program: %w", err)
		}
		p.Path, p.Args[0] = self, os.Args[0]
	default:
		var err error
		if p.Path, err = osproc.FindProgram(w.path); err != nil {
			return p, hinted(w.path, err)
		}
	}
	p.Env = append(childEnv(w.Env),
		wire.EnvVersion+"="+wire.Current().String(),
		wire.EnvDepth+"="+strconv.Itoa(max(depth, 0)+1))
	p.Env = append(p.Env, w.placeVariables()...)
	if w.debugged {
		p.Env = append(p.Env, waitVariable+"=1")
	}
	return p, nil
}

// placeVariables tell a worker which one it is. A name may have a NUL, and no
// environment can.
func (w Worker) placeVariables() []string {
	return []string{wire.EnvPlace + "=" + strings.ReplaceAll(w.place, "\x00", "\uFFFD"), wire.EnvNumber + "=" + strconv.Itoa(max(w.number, 1))}
}

// channelVariables tell a worker by which numbers it has its channels.
func channelVariables(h osproc.Handed) []string {
	channels := wire.Channels{Requests: h.Requests, Replies: h.Replies, Crash: h.Crash}
	env := []string{channelsVariable + "=" + channels.String()}
	if h.Begun != 0 {
		env = append(env, wire.EnvBegun+"="+strconv.FormatUint(uint64(h.Begun), 10))
	}
	return append(env, inheritedVariable(h.Inherited)...)
}

// inheritedVariable names to a child the descriptors that it inherits beside its
// own, if there are any. See osproc.CloseInherited.
func inheritedVariable(found []int) []string {
	if len(found) == 0 {
		return nil
	}
	return []string{wire.EnvInherited + "=" + wire.FormatInherited(found)}
}

// The memory of a page is what the protocol says.
var _ [osproc.BegunSize]byte = [wire.BegunSize]byte{}

// childEnv copies an environment, or this process's own if it is nil, without
// what would make a process take itself for a worker, or for this one.
func childEnv(env []string) []string {
	return osproc.CleanEnv(env, append(bootstrapVariables(), debugVariable, wire.EnvPlace, wire.EnvNumber)...)
}
