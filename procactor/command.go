package procactor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Command is a process to be started, as the build function of a command task
// describes it.
type Command struct {
	// Path is the program: a path, or a name that is looked for in this
	// process's PATH, as os/exec does. A relative path starts at this process's
	// working directory; nothing is ever looked for in the private one.
	Path string
	// Args are the arguments, without the program's own name. No shell sees them.
	Args []string
	// Env is the environment, as "key=value"; nil means that of the [Commands].
	Env []string
	// Dir is the working directory; empty means the call's private directory,
	// and a relative one lies below that.
	Dir string
	// Stdin is what the program may read; nil means nothing. It is read by one
	// goroutine, from the start until its end or that of the process, whether the
	// program reads it or not. An error of it, other than io.EOF, ends the
	// process and is that of the call. If it is an io.Closer it is closed once:
	// when it was read, or when the process has ended meanwhile or could not be
	// started; a Read that then goes on must bear that, and io.NopCloser keeps one
	// open. A call waits for neither: a Read or the Close may still be under way
	// when it returns, so a reader is for one call only. One that can neither end
	// nor be closed is left behind, which is logged. A panic in its
	// Read is an error of it.
	Stdin io.Reader
	// Stdout takes the program's standard output, of any size; nil means that it
	// is kept for [Result.Stdout]. It is written to by one goroutine until the
	// call returns, and never closed. An error of it ends the process and is
	// that of the call.
	Stdout io.Writer
	// StdoutFile names the file that is the program's standard output, for what
	// is too large to keep; empty means none, and a relative one lies in the
	// private directory. It is made, or emptied, for the process alone: nobody
	// otherwise gets a copy. It is no named pipe. It excludes Stdout.
	StdoutFile string
}

// Result is how a process ended that ended by itself, and what it left.
type Result struct {
	// Dir is the call's private directory with all that was put there; it is
	// removed when the parse function returns.
	Dir string
	// Stdout is all that the program wrote there; nil when that went elsewhere.
	Stdout []byte
	// Stderr is what it wrote there: the first and the last 32 KiB.
	Stderr []byte
	// ExitCode is the program's exit code.
	ExitCode int
}

// commandFuncs are the functions of a command task.
type commandFuncs[In, Out any] struct {
	build func(ctx context.Context, in In, dir string) (Command, error)
	parse func(Result) (Out, error)
	cli   func(Task[In, Out]) cliTask // a value: what declares no command does not link it
}

// NewCommandTask declares a task that is done by a program which knows nothing
// of this package: each call is a process of its own, on a [CommandHost]. Both
// functions run in this process, in the goroutine of the call.
//
// build says what to start. dir is an empty directory for this call alone: what
// is put there the program finds in its working directory, what the program
// puts there parse finds, and it is removed when the call is over. ctx is that of
// the call, and [CallFrom] tells from it what a worker would be told. An error
// of build is that of the call, and nothing was started. It is called again
// when the call is delivered again.
//
// parse makes the answer of what the program left, whatever its exit code: an
// error that it returns is the call's as it is, with [actor.Done].
//
// A process that a signal ended is an *[ExitError], as with a worker, and what a
// Task declares means the same: so does [Task.Idempotent], which makes such a
// call be delivered again. A program that cannot be started is a
// *[CommandError]. When ctx ends the process gets TERM and CONT, with its group,
// and KILL after [Commands.Grace]; its place is free when it has ended.
//
// What of stdout is kept is bounded by [Commands.MaxBody]: a program that writes
// more is killed, and the call fails with a *wire.LimitError. [WithOutput] gets
// a copy of stdout, and stderr.
//
// Given to [Main] it is not offered to a parent, which can start the program
// itself; a person can run it by hand, see docs/debugging.md.
func NewCommandTask[In, Out any](name string, build func(ctx context.Context, in In, dir string) (Command, error), parse func(Result) (Out, error)) Task[In, Out] {
	return Task[In, Out]{
		name: name, in: codec.Default[In](), out: codec.Default[Out](), concurrent: 1, id: new(taskID),
		command: &commandFuncs[In, Out]{build: build, parse: parse, cli: newCLICommand[In, Out]},
	}
}

// errNoCommand is what a command task says that has not both of its functions.
var errNoCommand = errors.New("the command task is declared without its build or parse function")

// commandCall is one call of a command task, without its types.
type commandCall interface {
	build(ctx context.Context, dir string) (Command, error)
	// parse reports whether there is an answer; otherwise failed says why not.
	parse(res Result) bool
	failed() error
}

// commandJob is one call of a command task. It keeps what parse returned: that
// error is the user's own, and must not be taken for one that says how far the
// call got.
type commandJob[In, Out any] struct {
	task *Task[In, Out]
	in   In
	out  Out
	err  error
}

func (j *commandJob[In, Out]) build(ctx context.Context, dir string) (Command, error) {
	f := j.task.command
	if f == nil || f.build == nil || f.parse == nil {
		return Command{}, errNoCommand
	}
	cmd, err := f.build(ctx, j.in, dir)
	return cmd, actor.SafeError(err)
}

func (j *commandJob[In, Out]) parse(res Result) bool {
	j.out, j.err = j.task.command.parse(res)
	j.err = actor.SafeError(j.err)
	return j.err == nil
}

func (j *commandJob[In, Out]) failed() error { return j.err }

// callCommand is Call for a command task: nothing is encoded, since both of its
// functions run here.
func (t *taskTarget[In, Out]) callCommand(ctx context.Context, in In) (Out, error) {
	var none Out
	ctx, cancel := t.bounded(ctx)
	defer cancel()
	r := new(request)
	c, err := t.prepare(ctx, "call", in, r)
	if err != nil {
		return none, err
	}
	o := c.do(ctx, r)
	job, ok := r.command.(*commandJob[In, Out])
	if !ok || o.answer.err != nil || o.answer.kind != wire.KindReply {
		return none, t.failure(ctx, r, o)
	}
	return job.out, nil
}

// privateDir makes an empty directory below parent, or below that of
// os.TempDir, which only this user may enter.
func privateDir(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, "proctor-")
	if err != nil {
		return "", fmt.Errorf("make the call's private directory: %w", err)
	}
	return dir, nil
}

// removeDir removes a private directory with all that was put there. What was
// killed a moment ago may still be ending, and write.
func removeDir(dir string) error {
	const most = 100 * time.Millisecond
	for wait := time.Millisecond; ; wait *= 4 {
		err := os.RemoveAll(dir)
		if err == nil {
			return nil
		}
		unlock(dir)
		if err = os.RemoveAll(dir); err == nil || wait > most {
			return err
		}
		<-time.After(wait)
	}
}

// unlock lets this user write in every directory below dir. It follows no link
// out of it, whoever may be changing what is there.
func unlock(dir string) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		// It cannot even be read: what a program did to its own directory.
		if os.Chmod(dir, 0o700) != nil { //nolint:gosec // a directory needs the bit
			return
		}
		if root, err = os.OpenRoot(dir); err != nil {
			return
		}
	}
	defer root.Close() //nolint:errcheck // nothing can be done about it
	_ = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil //nolint:nilerr // the others may do
		}
		_ = root.Chmod(path, 0o700)
		return nil
	})
}

// below returns the path, which, if it is relative, starts at dir.
func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// commandEngine is how commands are run, and who is told of their processes. It
// needs no System.
type commandEngine struct {
	commands Commands // checked and placed
	log      *slog.Logger
	enter    func(*commandRun) bool        // a call begins; false: none may any more
	leave    func(*commandRun)             // nothing is left of it
	guard    func() (osproc.Keeper, error) // who sees to a process when this one is killed
}

// runCommand brings one call of a command to its end in the caller's goroutine,
// or to that of ctx: then open tells that the process is being ended without
// the caller. free is called once, when its process has ended or none is to come.
// killed is told of one that was given up and did not end on TERM.
func (e *commandEngine) runCommand(ctx context.Context, task string, call commandCall, free func(), killed func(*ExitError, time.Time)) (a answer, open bool) {
	about, _ := ctx.Value(callKey{}).(Call)
	r := &commandRun{
		engine: e, task: task, call: record.Call{Task: task, Key: about.Key, Trace: about.Traceparent}, free: free, killed: killed,
		exited: make(chan struct{}), stuck: make(chan struct{}),
	}
	if !e.enter(r) {
		r.giveBack()
		return answer{err: link.ErrLost, delivery: actor.NotSent}, false // the next life does it, if there is one
	}
	defer func() {
		if !open { // otherwise the goroutine that sees to its end does it
			r.finish()
		}
	}()
	if err := r.prepare(ctx, call); err != nil {
		return answer{err: err, delivery: actor.NotSent}, false
	}
	if a, ended := r.await(ctx); !ended {
		go r.endAlone(r.leaveWriters())
		return a, true
	}
	res, a := r.result(ctx)
	r.giveBack()
	fault := r.measured(ctx)
	switch {
	case a.err != nil:
		a.err = withFault(a.err, fault)
		return a, false
	case fault != nil:
		return answer{err: fault, delivery: actor.Done}, false
	}
	if !call.parse(res) {
		a.kind = wire.KindError
	}
	return a, false
}
