package procactor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
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

// refusal makes an error one of [actor.ErrRefused]: it comes again each time.
type refusal struct{ err error }

func (r *refusal) Error() string        { return r.err.Error() }
func (r *refusal) Unwrap() error        { return r.err }
func (r *refusal) Is(target error) bool { return target == actor.ErrRefused }

// refused is err as a refusal.
func refused(err error) error { return &refusal{err} }

// isPassing tells what a system lacks only now, when it cannot start a process.
func isPassing(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.ETXTBSY} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// endedError is the death of a worker after which nobody is there to be given
// the request again. It is the error of a call, and so not that of the actor.
type endedError struct {
	died error
	gone error
}

// Error tells each death once.
func (e *endedError) Error() string {
	gone := e.gone.Error()
	if sameProcess(e.gone, e.died) {
		gone = actor.ErrNoActor.Error()
	}
	return e.died.Error() + "; not delivered again: " + gone
}

// Unwrap returns the death.
func (e *endedError) Unwrap() error { return e.died }

// sameProcess reports whether both errors tell of the death of one process.
func sameProcess(a, b error) bool {
	one, _ := errors.AsType[*ExitError](a)
	other, _ := errors.AsType[*ExitError](b)
	return one != nil && other != nil && one.PID == other.PID
}

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

// PoisonError says that a request is not delivered, or not again, because the
// workers that ran it, or others with its key, died of it or hung.
type PoisonError struct {
	Task   string       // the task's name
	Key    string       // the call's key, if the task has one
	Deaths []actor.Down // of those of earlier calls the essentials: see [Suspect]
	Hangs  []actor.Down // how the workers were ended that the key hung
	Until  time.Time    // when the key is let through again; zero without a key
}

// Error names the task, the key if there is one, and how the workers ended.
// What was so several times is told once.
func (e *PoisonError) Error() string {
	what := "a request"
	if e.Key != "" {
		what = fmt.Sprintf("the key %q", e.Key)
	}
	var did []string
	if len(e.Deaths) > 0 {
		did = append(did, fmt.Sprintf("killed %d workers: %s", len(e.Deaths), endings(e.Deaths)))
	}
	if len(e.Hangs) > 0 {
		did = append(did, fmt.Sprintf("hung %d workers: %s", len(e.Hangs), endings(e.Hangs)))
	}
	return fmt.Sprintf("%s of task %s %s", what, e.Task, strings.Join(did, ", and "))
}

// Unwrap returns the reasons of the deaths, then those of the workers that hung.
func (e *PoisonError) Unwrap() []error {
	errs := make([]error, 0, len(e.Deaths)+len(e.Hangs))
	for _, d := range slices.Concat(e.Deaths, e.Hangs) {
		errs = append(errs, d.Reason)
	}
	return errs
}

// Is finds [actor.ErrRefused].
func (e *PoisonError) Is(target error) bool { return target == actor.ErrRefused }

// endings tells how processes ended, those that did so alike as "3 × …".
func endings(downs []actor.Down) string {
	var alike [][]actor.Down
	for _, d := range downs {
		at := slices.IndexFunc(alike, func(group []actor.Down) bool { return howEnded(group[0]) == howEnded(d) })
		if at < 0 {
			alike = append(alike, []actor.Down{d})
			continue
		}
		alike[at] = append(alike[at], d)
	}
	texts := make([]string, len(alike))
	for i, group := range alike {
		if texts[i] = group[0].Reason.Error(); len(group) > 1 {
			texts[i] = fmt.Sprintf("%d × %s", len(group), howEnded(group[0]))
		}
	}
	return strings.Join(texts, "; ")
}

// howEnded is how a process ended, without its number.
func howEnded(d actor.Down) string {
	e, ok := summary(d).Reason.(*ExitError) //nolint:errorlint // a death of a process is no wrapped one
	if !ok {
		return d.Reason.Error()
	}
	text := e.Error()
	if _, how, ok := strings.Cut(text, fmt.Sprintf(" process %d", e.PID)); ok {
		return strings.TrimLeft(how, ": ")
	}
	return text
}

// KeyError refuses a call whose key is longer than [MaxKey]: what is remembered
// of keys is bounded. It is one of [actor.ErrRefused].
type KeyError struct {
	Task string // the task's name
	Len  int    // of the key, in bytes
}

// Error names the task, both lengths, and what to do.
func (e *KeyError) Error() string {
	return fmt.Sprintf("the key of task %s has %d bytes, of at most %d; have Task.WithKey return something shorter, such as a hash of it", e.Task, e.Len, MaxKey)
}

// Is finds [actor.ErrRefused].
func (e *KeyError) Is(target error) bool { return target == actor.ErrRefused }
