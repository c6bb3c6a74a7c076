package procactor

import (
	"context"
	"errors"
	"io"

	"github.com/proctor-dev/proctor/actor/codec"
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
	// else gets a copy. It is no named pipe. It excludes Stdout.
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
	hand  func(Task[In, Out]) handTask // a value: what declares no command does not link it
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
		command: &commandFuncs[In, Out]{build: build, parse: parse, hand: newCommandHand[In, Out]},
	}
}

// errNoCommand is what a command task says that has not both of its functions.
var errNoCommand = errors.New("the command task is declared without its build or parse function")
