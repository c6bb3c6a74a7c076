package procactor

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// Exit codes of a program that a person runs by hand. A task that panics ends
// with the Go runtime's 2, as everywhere.
const (
	handDone        = 0
	handFailed      = 1   // the task returned an error
	handMisused     = 2   // no such flag or task, or input that the task does not take
	handNotRun      = 3   // the set-up failed, the result could not be shown or written, or a command's program did not do its part
	handLate        = 124 // the time of --timeout, or the task's own, was over; as timeout(1) says it
	handInterrupted = 130 // by Ctrl-C; as a shell says it
	handCut         = 141 // nobody reads the results any more; as a shell says it of SIGPIPE
)

// The flags by which a person runs a program's tasks. Only the first argument
// is looked at, and only in a process that no parent started as its worker.
const (
	flagList = "--proctor-list"
	flagCall = "--proctor-call"
	flagHelp = "--proctor-help"
	flagRaw  = "--proctor-raw"
)

const handUsage = `This program has tasks for github.com/proctor-dev/proctor. By hand:

  %[1]s --proctor-list [--json]
      list the tasks: their types, codecs and an example of their input
  %[1]s --proctor-call NAME [FILE] [--timeout 5s] [--proctor-raw]
      run one on the JSON in FILE, or on standard input without one or with -

The result is one line of JSON on standard output; of a stream, one line for
each item. Whatever else the task prints goes to standard error. Ctrl-C
cancels the task, a second one ends the process. With --proctor-raw input and
output pass as they are, in the task's own codecs.

Exit status: 0 done; 1 the task's own error, which is on standard error, and
below it its JSON if the task has a codec for errors; 2 no such task or no such
input (and any panic); 3 the set-up failed, a command's program could not be
started or was ended by a signal, or the result cannot be shown; 124 too late; 130 interrupted; 141 nobody reads the results.
`

// byHand does what a person asks for by the first argument; asked is false when
// that is none of the flags.
func byHand(argv []string, tasks []MainOption) (code int, asked bool) {
	if len(argv) < 2 {
		return 0, false
	}
	switch argv[1] {
	case flagList, flagCall, flagHelp:
	default:
		return 0, false
	}
	args, err := parseHandArgs(argv[1:])
	if err != nil {
		complain(fmt.Errorf("%w; %s %s tells what there is", err, argv[0], flagHelp))
		return handMisused, true
	}
	if args.verb == flagHelp {
		_, err := fmt.Fprintf(os.Stdout, handUsage, argv[0])
		return wrote(err), true
	}
	c := newCatalog(tasks)
	if c.err != nil { // a parent would be refused
		complain(c.err)
		return exitNotServed, true
	}
	if args.verb == flagList {
		return wrote(listTasks(os.Stdout, c, args.json)), true
	}
	if err := c.unfit(); err != nil { // as a parent would be
		complain(err)
		return exitNotServed, true
	}
	return callByHand(c, args), true
}

// wrote turns the outcome of a write into an exit code.
func wrote(err error) int {
	switch {
	case err == nil:
		return handDone
	case isBrokenPipe(err):
		return handCut // whoever read it has seen enough
	}
	complain(err)
	return handNotRun
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
func callByHand(c *catalog, args handArgs) int {
	all := c.byHand()
	i := slices.IndexFunc(all, func(t servedTask) bool { return t.info.Name == args.task })
	if i < 0 {
		complain(noSuchTask(args.task, all))
		return handMisused
	}
	task := all[i].hand()
	input, source, err := args.input()
	if err != nil {
		complain(err)
		return handMisused
	}
	run, err := task.prepare(input, args.raw)
	if err != nil {
		if at, ok := errors.AsType[*inputError](err); ok {
			at.Source = source
		}
		complain(fmt.Errorf("%w\nproctor: task %q takes %s", err, args.task, task.describe().wanted()))
		return handMisused
	}
	results, err := takeStdout()
	if err != nil {
		complain(fmt.Errorf("keep the standard output for the results: %w", err))
		return handNotRun
	}
	place, err := task.place(c)
	if err != nil {
		complain(err)
		return handNotRun
	}
	return place.run(args.timeout, func(ctx handContext) error {
		return run(ctx, func(line []byte) error {
			if _, err := results.Write(line); err != nil {
				return &showError{err}
			}
			return nil
		})
	})
}

// showError says that a result could not be written.
type showError struct{ err error }

func (e *showError) Error() string { return "write the result: " + e.err.Error() }
func (e *showError) Unwrap() error { return e.err }

// notShown tells the person of it, and returns the exit code.
func notShown(err *showError) int {
	if isBrokenPipe(err) {
		return handCut
	}
	complain(err)
	return handNotRun
}

// maxHandInput is more than a worker's limits let through.
const maxHandInput = 1 << 30

// input reads what the task is to run on; source is its name for messages.
func (a handArgs) input() (input []byte, source string, err error) {
	in, source := os.Stdin, "stdin"
	if a.file != "" && a.file != "-" {
		source = a.file
		if in, err = os.Open(a.file); err != nil {
			return nil, source, err
		}
		defer closeAll(in)
	}
	input, err = io.ReadAll(io.LimitReader(in, maxHandInput+1))
	if err == nil && len(input) > maxHandInput {
		err = fmt.Errorf("%s: the input is longer than %d bytes", source, maxHandInput)
	}
	return input, source, err
}
