package procactor

import (
	"errors"
	"fmt"
	"slices"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// ErrNoMain refuses to start this program as its own worker because it has not
// called [Main]: the copy would not know that it is a worker, and start a copy
// of itself.
var ErrNoMain = errors.New("procactor.Main was not called before a Self worker was started; " +
	"put `procactor.Main(tasks...)` first in main, or in a test binary " +
	"`func TestMain(m *testing.M) { procactor.Main(tasks...); os.Exit(m.Run()) }`")

// ErrTooDeep refuses a worker of a worker of a worker; see Worker.MaxDepth.
var ErrTooDeep = errors.New("too many levels of workers")

// ErrSilent is why a worker was killed that did not answer pings.
var ErrSilent = errors.New("the worker answered no ping")

// ErrOverdue is why a worker was killed whose call went on after its caller had
// given up and the grace was over.
var ErrOverdue = errors.New("the worker did not end a canceled call in time")

// ErrStartTimeout is a start that took longer than Worker.StartTimeout, or than
// Readiness.Timeout of a Daemon.
var ErrStartTimeout = errors.New("not ready in time")

// TaskError is an error that a task returned in its worker, as text. errors.Is
// finds in it the sentinels of the standard library that the error was there.
// If it is text because the reply, an item of the stream, or the error as its
// codec writes it, is larger than [Worker.MaxBody] allows, errors.As finds a
// [*wire.LimitError] in it, as in the error of such a request: it has the
// limit, and the size of the whole message, both in bytes.
type TaskError struct {
	Task    string     // the task's name
	Class   wire.Class // whether it is the task's own, or its input or output did not fit
	Message string     // the error's text
	marks   []error
	tooLong *wire.LimitError // nil: nothing was
}

// Error names the task and has the error's text.
func (e *TaskError) Error() string {
	text := fmt.Sprintf("task %s: %s", e.Task, e.Message)
	if e.tooLong != nil && e.Class != wire.ClassInput && e.Class != wire.ClassOutput { // those say it themselves
		text += fmt.Sprintf(" (only its text was sent: %v)", e.tooLong)
	}
	return text
}

// Unwrap returns the sentinels the error was in the worker, and the limit that
// a message was above.
func (e *TaskError) Unwrap() []error {
	if e.tooLong == nil {
		return e.marks
	}
	return append(slices.Clone(e.marks), e.tooLong)
}

// Is finds [actor.ErrRefused] in the error of an input that did not fit.
func (e *TaskError) Is(target error) bool {
	return target == actor.ErrRefused && e.Class == wire.ClassInput
}

// HandshakeError says that parent and worker do not fit: another version, or
// other tasks.
type HandshakeError struct {
	Worker string // the worker's name
	Task   string // the task that was asked for; empty when it is not about one
	Wants  string // what this side needs
	Has    string // what the worker has
	Err    error  // more, such as a version error
}

// Error names the worker, the task if it is about one, and what does not fit.
func (e *HandshakeError) Error() string {
	msg := "worker " + e.Worker + " does not fit"
	if e.Task != "" {
		msg += fmt.Sprintf(": task %q: want %s, the worker has %s", e.Task, e.Wants, e.Has)
	}
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

// Unwrap returns what more is known.
func (e *HandshakeError) Unwrap() error { return e.Err }

// Is finds [actor.ErrRefused]: a task that does not fit never will.
func (e *HandshakeError) Is(target error) bool { return target == actor.ErrRefused && e.Task != "" }

// SetupError is what a worker's [Setup] returned, as text.
type SetupError struct{ Message string }

// Error returns the text behind words that say where it is from.
func (e *SetupError) Error() string { return "set-up of the worker: " + e.Message }
