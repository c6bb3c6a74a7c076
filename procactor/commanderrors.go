package procactor

import (
	"fmt"

	"github.com/proctor-dev/proctor/internal/link"
)

// CommandError says that a command could not be started, or that something of
// this program's kept it from being of use: what it was to read or where it
// was to write.
type CommandError struct {
	Task    string // the task's name; empty when it is a Daemon
	Program string // as the Command or Daemon names it
	Err     error  // what happened
	Hint    string // what to do about it; empty when nothing is known
}

// Error names the task and the program, and says what happened and what helps.
func (e *CommandError) Error() string {
	s := fmt.Sprintf("command %q", e.Program)
	if e.Task != "" {
		s += " of task " + e.Task
	}
	s += fmt.Sprintf(": %v", e.Err)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Unwrap returns what happened.
func (e *CommandError) Unwrap() error { return e.Err }

// hintOfOutput says what helps against an error of a process that was started.
func hintOfOutput(err error) string {
	if link.BodyLimit(err) != nil {
		return "set Command.Stdout or StdoutFile for what is too large to keep, or raise Commands.MaxBody"
	}
	return ""
}
