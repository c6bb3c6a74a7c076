package procactor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// cliTask is a task as a person at a terminal sees it. Tasks of Main are
// [cliTyped], and command tasks bring their own.
type cliTask interface {
	// describe says what the task is.
	describe() cliInfo
	// prepare makes a call of the input, which is JSON, or, if raw, what the
	// task's codec reads. An error means that it is no input of the task.
	prepare(input []byte, raw bool) (cliCall, error)
	// place makes ready where its calls run.
	place(c *catalog) (cliPlace, error)
}

// cliPlace is where a call by hand runs.
type cliPlace interface {
	// run makes the call, tells the person how it ended, and returns the exit
	// code.
	run(timeout time.Duration, call func(cliContext) error) int
}

// cliCall runs a prepared call on the host, and gives each result to show.
type cliCall func(ctx cliContext, show func(line []byte) error) error

// callByHand runs one task, and returns the exit code.
func callByHand(c *catalog, args byhand.Args) int {
	all := c.byHand()
	i := slices.IndexFunc(all, func(t servedTask) bool { return t.info.Name == args.Task })
	if i < 0 {
		complain(byhand.NoSuchTask(args.Task, namesOf(all)))
		return byhand.ExitMisused
	}
	task := all[i].cli()
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
	results, err := byhand.TakeStdout()
	if err != nil {
		complain(fmt.Errorf("keep the standard output for the results: %w", err))
		return byhand.ExitNotRun
	}
	place, err := task.place(c)
	if err != nil {
		complain(err)
		return byhand.ExitNotRun
	}
	return place.run(args.Timeout, func(ctx cliContext) error {
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
		t, about := task.info, task.cli().describe()
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

// cliContext is what a call by hand has from its surroundings.
type cliContext struct {
	context.Context //nolint:containedctx // it is one, with the place to run on
	host            Host
	kill            context.Context //nolint:containedctx // of a command: ends when its process is to be killed
}

// cliInfo says what a task takes and gives, for people.
type cliInfo struct {
	kind    string // "call", "stream" or "command"
	in, out reflect.Type
	example string // JSON that the task takes as input; empty if none is known
}

// wanted says what the input must be.
func (i cliInfo) wanted() string {
	if i.example == "" {
		return fmt.Sprintf("%v, for which no JSON is known: see %s", i.in, byhand.FlagRaw)
	}
	return fmt.Sprintf("%v, such as %s", i.in, i.example)
}

// cliTyped is a Task by hand. The call goes where every call goes, over a Ref.
type cliTyped[In, Out any] struct{ task Task[In, Out] }

func (h cliTyped[In, Out]) describe() cliInfo {
	i := cliInfo{kind: "call", in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), example: byhand.ExampleOf[In]()}
	if h.task.stream != nil {
		i.kind = "stream"
	}
	return i
}

func (h cliTyped[In, Out]) place(c *catalog) (cliPlace, error) {
	w, err := newCLIWorker(c)
	if err != nil {
		return nil, err
	}
	w.typed = h.task.errs != nil
	return w, nil
}

func (h cliTyped[In, Out]) prepare(input []byte, raw bool) (cliCall, error) {
	if raw {
		same := func(out []byte) ([]byte, error) { return out, nil }
		return cliCallOf(h.passing(), input, same), nil
	}
	in, err := byhand.ParseJSON[In](input)
	if err != nil {
		return nil, err
	}
	return cliCallOf(h.task, in, byhand.JSONLine[Out]), nil
}

// passing is the task for a caller who has encoded the input, and decodes the
// output, himself.
func (h cliTyped[In, Out]) passing() Task[[]byte, []byte] {
	t := h.task
	p := NewTask[[]byte, []byte](t.name, nil).WithCodec(passed{codec.Name(t.in)}, passed{codec.Name(t.out)})
	if t.stream != nil {
		p = NewStreamTask[[]byte, []byte](t.name, nil).WithCodec(p.in, p.out)
	}
	p.errs, p.idempotent, p.concurrent, p.timeout = t.errs, t.idempotent, t.concurrent, t.timeout
	if t.key != nil {
		p.key = func(body []byte) string {
			in, err := t.in.Parse(body)
			if err != nil {
				return "" // the worker will refuse it
			}
			return t.key(in)
		}
	}
	return p
}

// passed is a codec that leaves the work to others.
type passed struct{ name string }

func (p passed) Name() string                                   { return p.name }
func (p passed) Append(dst []byte, body []byte) ([]byte, error) { return append(dst, body...), nil }
func (p passed) Parse(body []byte) ([]byte, error)              { return append([]byte(nil), body...), nil }

// cliCallOf calls the task, and shows each result.
func cliCallOf[In, Out any](t Task[In, Out], in In, text func(Out) ([]byte, error)) cliCall {
	return func(ctx cliContext, show func(line []byte) error) error {
		one := func(out Out) error { return showOne(out, text, show) }
		ref := t.On(ctx.host)
		if t.stream == nil {
			out, err := ref.Call(ctx, in)
			if err != nil {
				return err
			}
			return one(out)
		}
		for out, err := range ref.Stream(ctx, in) {
			if err == nil {
				err = one(out)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// showOne shows one result.
func showOne[Out any](out Out, text func(Out) ([]byte, error), show func(line []byte) error) error {
	line, err := text(out)
	if err != nil {
		return &showError{err}
	}
	return show(line)
}
