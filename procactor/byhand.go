package procactor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"time"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor/internal/byhand"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// byHand does what a person asks for by the first argument; asked is false when
// that is none of the flags.
func byHand(argv []string, tasks []MainOption) (code int, asked bool) {
	if len(argv) < 2 {
		return 0, false
	}
	switch argv[1] {
	case byhand.FlagList, byhand.FlagCall, byhand.FlagHelp:
	default:
		return 0, false
	}
	args, err := byhand.ArgsOf(argv[1:])
	if err != nil {
		complain(fmt.Errorf("%w; %s %s tells what there is", err, argv[0], byhand.FlagHelp))
		return byhand.ExitMisused, true
	}
	if args.Verb == byhand.FlagHelp {
		_, err := io.WriteString(os.Stdout, byhand.Help(argv[0]))
		return wrote(err), true
	}
	c := newCatalog(tasks)
	if c.err != nil { // a parent would be refused
		complain(c.err)
		return osproc.ExitNotServed, true
	}
	if args.Verb == byhand.FlagList {
		return wrote(listTasks(os.Stdout, c, args.JSON)), true
	}
	if err := c.unfit(); err != nil { // as a parent would be
		complain(err)
		return osproc.ExitNotServed, true
	}
	return callByHand(c, args), true
}

// wrote turns the outcome of a write into an exit code.
func wrote(err error) int {
	switch {
	case err == nil:
		return byhand.ExitDone
	case osproc.IsBrokenPipe(err):
		return byhand.ExitCut // whoever read it has seen enough
	}
	complain(err)
	return byhand.ExitNotRun
}

// complain tells the person what is wrong.
func complain(err error) { fmt.Fprintf(os.Stderr, "proctor: %v\n", err) }

// handTask is a task as a person at a terminal sees it. Tasks of Main are
// [typedHand], and command tasks bring their own.
type handTask interface {
	// describe says what the task is.
	describe() handInfo
	// prepare makes a call of the input, which is JSON, or, if raw, what the
	// task's codec reads. An error means that it is no input of the task.
	prepare(input []byte, raw bool) (handCall, error)
	// place makes ready where its calls run.
	place(c *catalog) (handPlace, error)
}

// handPlace is where a call by hand runs.
type handPlace interface {
	// run makes the call, tells the person how it ended, and returns the exit
	// code.
	run(timeout time.Duration, call func(handContext) error) int
}

// handCall runs a prepared call on the host, and gives each result to show.
type handCall func(ctx handContext, show func(line []byte) error) error

// callByHand runs one task, and returns the exit code.
func callByHand(c *catalog, args byhand.Args) int {
	all := c.byHand()
	i := slices.IndexFunc(all, func(t servedTask) bool { return t.info.Name == args.Task })
	if i < 0 {
		complain(byhand.NoSuchTask(args.Task, namesOf(all)))
		return byhand.ExitMisused
	}
	task := all[i].hand()
	input, source, err := args.Input()
	if err != nil {
		complain(err)
		return byhand.ExitMisused
	}
	run, err := task.prepare(input, args.Raw)
	if err != nil {
		if at, ok := errors.AsType[*byhand.InputError](err); ok {
			at.Source = source
		}
		complain(fmt.Errorf("%w\nproctor: task %q takes %s", err, args.Task, task.describe().wanted()))
		return byhand.ExitMisused
	}
	results, err := takeStdout()
	if err != nil {
		complain(fmt.Errorf("keep the standard output for the results: %w", err))
		return byhand.ExitNotRun
	}
	place, err := task.place(c)
	if err != nil {
		complain(err)
		return byhand.ExitNotRun
	}
	return place.run(args.Timeout, func(ctx handContext) error {
		return run(ctx, func(line []byte) error {
			if _, err := results.Write(line); err != nil {
				return &showError{err}
			}
			return nil
		})
	})
}

func namesOf(tasks []servedTask) []string {
	names := make([]string, len(tasks))
	for i, t := range tasks {
		names[i] = t.info.Name
	}
	return names
}

// showError says that a result could not be written.
type showError struct{ err error }

func (e *showError) Error() string { return "write the result: " + e.err.Error() }
func (e *showError) Unwrap() error { return e.err }

// notShown tells the person of it, and returns the exit code.
func notShown(err *showError) int {
	if osproc.IsBrokenPipe(err) {
		return byhand.ExitCut
	}
	complain(err)
	return byhand.ExitNotRun
}

// listTasks writes the program's tasks, in the order in which Main got them.
func listTasks(w io.Writer, c *catalog, asJSON bool) error {
	served := c.byHand()
	tasks := make([]byhand.Task, len(served))
	for i, task := range served {
		t, about := task.info, task.hand().describe()
		tasks[i] = byhand.Task{
			Name: t.Name, Kind: about.kind, Concurrent: max(1, t.Concurrent), Idempotent: t.Idempotent,
			Input:  byhand.Type{Go: about.in.String(), Codec: t.Input, Example: json.RawMessage(about.example)},
			Output: byhand.Type{Go: about.out.String(), Codec: t.Output},
			Errors: t.Error,
		}
		if task.refused != nil {
			tasks[i].Refused = task.refused.Error()
		}
	}
	return byhand.WriteList(w, tasks, asJSON)
}

// commandHand is a command task by hand. It needs no worker: supervised, too,
// both of its functions run in the process of the caller.
type commandHand[In, Out any] struct{ task Task[In, Out] }

func newCommandHand[In, Out any](t Task[In, Out]) handTask { return commandHand[In, Out]{t} }

func (h commandHand[In, Out]) describe() handInfo {
	return handInfo{kind: "command", in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), example: byhand.ExampleOf[In]()}
}

func (h commandHand[In, Out]) place(*catalog) (handPlace, error) { return commandPlace{}, nil }

func (h commandHand[In, Out]) prepare(input []byte, raw bool) (handCall, error) {
	if !raw {
		in, err := byhand.ParseJSON[In](input)
		return h.call(in, byhand.JSONLine[Out]), err
	}
	in, err := h.task.in.Parse(input)
	if err != nil {
		err = fmt.Errorf("the input does not decode: %w", err)
	}
	return h.call(in, func(out Out) ([]byte, error) { return h.task.out.Append(nil, out) }), err
}

// ownError is what a task's own function returned.
type ownError struct {
	error
	typed error // as the task's codec has it; nil if it does not take it
}

func (e *ownError) Unwrap() error { return e.error }

// call runs the task, and shows its result. What the program writes to its
// standard error goes to that of this process, whenever it does.
func (h commandHand[In, Out]) call(in In, text func(Out) ([]byte, error)) handCall {
	return func(ctx handContext, show func(line []byte) error) error {
		limited, cancel := ctx.Context, context.CancelFunc(func() {})
		if h.task.timeout > 0 {
			limited, cancel = context.WithTimeout(limited, h.task.timeout)
		}
		defer cancel()
		about := Call{Attempt: 1}
		if h.task.key != nil {
			about.Key = h.task.key(in)
		}
		limited = context.WithValue(limited, callKey{}, about)
		var own error
		out, err := commandAlone(limited, ctx.kill, h.noting(&own), Commands{Stderr: os.Stderr}, slog.Default(), in)
		if err == nil {
			return showOne(out, text, show)
		}
		if own == nil || limited.Err() != nil && errors.Is(err, limited.Err()) {
			return err
		}
		return &ownError{own, h.typed(own)}
	}
}

// noting is the task whose functions note what they return as an error.
func (h commandHand[In, Out]) noting(own *error) Task[In, Out] {
	t, f := h.task, *h.task.command
	if f.build == nil || f.parse == nil {
		return t // it will say so
	}
	t.command = &commandFuncs[In, Out]{
		build: func(ctx context.Context, in In, dir string) (cmd Command, err error) {
			cmd, *own = f.build(ctx, in, dir)
			return cmd, *own
		},
		parse: func(res Result) (out Out, err error) {
			out, *own = f.parse(res)
			return out, *own
		},
	}
	return t
}

// typed is the error as a worker's caller would get it; nil if its codec does
// not take it, or the task has none.
func (h commandHand[In, Out]) typed(err error) error {
	var typed error
	if h.task.errs == nil {
		return nil
	}
	body, err := h.task.errs.Append(nil, err)
	if err == nil {
		typed, err = codec.Codec[error].Parse(h.task.errs, body)
	}
	if err != nil {
		return nil
	}
	return typed
}

// commandPlace is where a command runs by hand: this process, which gives it
// back in order, also when it is interrupted.
type commandPlace struct{}

// run makes the call. A first Ctrl-C cancels it: its process is asked to end. A
// second one kills that with its group; a function of the task that goes on
// then is ended by the end of this process.
func (p commandPlace) run(timeout time.Duration, call func(handContext) error) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	kill, killNow := context.WithCancelCause(context.Background())
	defer killNow(nil)
	pressed := ctrlC()
	done := make(chan int, 1)
	go func() {
		defer func() {
			if calledGoexit() {
				panic("the task called runtime.Goexit") //nolint:forbidigo // as in a worker; nothing else would end the wait
			}
		}()
		limited, cancel := handLimited(ctx, timeout)
		defer cancel()
		done <- p.report(ctx, call(handContext{Context: limited, kill: kill}))
	}()
	for {
		select {
		case code := <-done:
			return code
		case <-pressed:
			if ctx.Err() == nil {
				interrupt(cancel)
				continue
			}
		}
		killNow(errInterrupted)
		bound := time.NewTimer(drainBound)
		defer bound.Stop()
		select {
		case code := <-done:
			return code
		case <-pressed:
		case <-bound.C:
		}
		return byhand.ExitInterrupted
	}
}

// report tells the person how the call ended, and returns the exit code.
func (commandPlace) report(ctx context.Context, err error) int {
	if err == nil {
		return byhand.ExitDone
	}
	if show, ok := errors.AsType[*showError](err); ok {
		return notShown(show)
	}
	complain(err)
	own, isOwn := err.(*ownError) //nolint:errorlint // nothing is around it
	switch {
	case ctx.Err() != nil:
		return byhand.ExitInterrupted
	case isOwn:
		if own.typed != nil {
			tellTyped(own.typed)
		}
		return byhand.ExitFailed
	case errors.Is(err, context.DeadlineExceeded):
		return byhand.ExitLate
	}
	return byhand.ExitNotRun
}
