package byhand

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/internal/nearest"
)

// Exit codes of a program that a person runs by hand. A task that panics ends
// with the Go runtime's 2, as everywhere.
const (
	ExitDone        = 0
	ExitFailed      = 1   // the task returned an error
	ExitMisused     = 2   // no such flag or task, or input that the task does not take
	ExitNotRun      = 3   // the set-up failed, the result could not be shown or written, or a command's program did not do its part
	ExitLate        = 124 // the time of --timeout, or the task's own, was over; as timeout(1) says it
	ExitInterrupted = 130 // by Ctrl-C; as a shell says it
	ExitCut         = 141 // nobody reads the results any more; as a shell says it of SIGPIPE
)

// The flags by which a person runs a program's tasks. Only the first argument
// is looked at, and only in a process that no parent started as its worker.
const (
	FlagList = "--proctor-list"
	FlagCall = "--proctor-call"
	FlagHelp = "--proctor-help"
	FlagRaw  = "--proctor-raw"
)

const usage = `This program has tasks for github.com/proctor-dev/proctor. By hand:

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

// Help is what the flag for help prints, of the program by that name.
func Help(program string) string { return fmt.Sprintf(usage, program) }

// Args is what a person asks for.
type Args struct {
	Verb    string        // one of FlagList, FlagCall and FlagHelp
	Task    string        // the name of the task to call
	File    string        // of the input; empty or "-": standard input
	Timeout time.Duration // of the call; zero: none
	Raw     bool          // input and output pass as they are, in the task's codecs
	JSON    bool          // the list is to be JSON
}

// ArgsOf reads the arguments, of which the first is the verb; there must be one.
// The error says which argument is wrong, for a person.
func ArgsOf(args []string) (Args, error) {
	a := Args{Verb: args[0]}
	var plain []string
	for rest := args[1:]; len(rest) > 0; rest = rest[1:] {
		name, value, hasValue := strings.Cut(rest[0], "=")
		switch {
		case !strings.HasPrefix(rest[0], "--"):
			plain = append(plain, rest[0])
		case rest[0] == FlagRaw && a.Verb == FlagCall:
			a.Raw = true
		case rest[0] == "--json" && a.Verb == FlagList:
			a.JSON = true
		case name == "--timeout" && a.Verb == FlagCall:
			if !hasValue && len(rest) > 1 {
				rest = rest[1:]
				value = rest[0]
			}
			d, err := time.ParseDuration(value)
			if err != nil || d <= 0 {
				return a, fmt.Errorf("--timeout takes a duration such as 5s or 2m, not %q", value)
			}
			a.Timeout = d
		default:
			return a, fmt.Errorf("%s has no flag %s", a.Verb, rest[0])
		}
	}
	if a.Verb != FlagCall {
		if len(plain) > 0 {
			return a, fmt.Errorf("%s takes no argument %q", a.Verb, plain[0])
		}
		return a, nil
	}
	if len(plain) == 0 {
		return a, errors.New(FlagCall + " takes the name of a task")
	}
	a.Task = plain[0]
	if len(plain) > 1 {
		a.File = plain[1]
	}
	if len(plain) > 2 {
		return a, fmt.Errorf("%s takes a name and a file; what is %q?", FlagCall, plain[2])
	}
	return a, nil
}

// NoSuchTask is the error of a name that none of the tasks has: it names the one
// that may have been meant, or else all there are.
func NoSuchTask(name string, there []string) error {
	if len(there) == 0 {
		return fmt.Errorf("there is no task %q: the program gives none to procactor.Main", name)
	}
	if meant := nearest.To(name, there); meant != "" {
		return fmt.Errorf("there is no task %q; did you mean %q?", name, meant)
	}
	return fmt.Errorf("there is no task %q; there are: %s", name, strings.Join(there, ", "))
}

// maxInput is more than a worker's limits let through.
const maxInput = 1 << 30

// Input reads what the task is to run on, at most a gibibyte, from the file or from
// standard input; source is its name for messages.
func (a Args) Input() (input []byte, source string, err error) {
	in, source := os.Stdin, "stdin"
	if a.File != "" && a.File != "-" {
		source = a.File
		if in, err = os.Open(a.File); err != nil {
			return nil, source, err
		}
		defer in.Close() //nolint:errcheck // it was only read
	}
	input, err = io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(input) > maxInput {
		err = fmt.Errorf("%s: the input is longer than %d bytes", source, maxInput)
	}
	return input, source, err
}
