package procactor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

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
