package supervise

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// ErrIgnore is returned by a [StartFunc] that has nothing to start: the child
// has no process, and that is no failure. The spec stays (unless the child is
// temporary) for RestartChild (OTP: "ignore").
var ErrIgnore = errors.New("ignored: nothing to start")

// Answers of the requests about children.
var (
	// ErrAlreadyStarted is StartChild's answer when a child of that id runs.
	ErrAlreadyStarted = errors.New("a child of that id is running")
	// ErrAlreadyPresent is StartChild's answer when a child of that id is
	// known but does not run, or waits for a restart.
	ErrAlreadyPresent = errors.New("a child of that id is present but not running")
	// ErrNotFound means that no child of that id is known.
	ErrNotFound = errors.New("no child of that id")
	// ErrRunning means that the child runs, so that it cannot be restarted or
	// deleted: terminate it first.
	ErrRunning = errors.New("the child is running")
	// ErrRestarting means that the supervisor is about to restart the child:
	// terminate it first.
	ErrRestarting = errors.New("the child is being restarted")
	// ErrSimpleOneForOne means that the request is not for a SimpleOneForOne
	// supervisor, whose children are instances: they are made by StartInstance,
	// terminated by their own id such as "w#3", and neither restarted nor
	// deleted by hand.
	ErrSimpleOneForOne = errors.New("the supervisor is a simple_one_for_one")
	// ErrNotSimpleOneForOne is StartInstance's answer where there is no
	// template.
	ErrNotSimpleOneForOne = errors.New("the supervisor is no simple_one_for_one")
	// ErrNotOpen is ResumeChild's answer when the child was not left down for want
	// of a restart budget.
	ErrNotOpen = errors.New("the child's circuit is not open")
)

// errNoSupervisor answers those who asked a supervisor that ends.
var errNoSupervisor = fmt.Errorf("%w: the supervisor has ended", actor.ErrNoActor)

// errUnserved answers them when it was not their turn yet.
var errUnserved = fmt.Errorf("%w before it was the turn of the request", errNoSupervisor)

// errTakenBack answers a request whose caller does not wait any more.
var errTakenBack = errors.New("the request was taken back")

// errOtherKind answers a change that is none.
var errOtherKind = &SpecError{
	Field:   "Policy.Strategy",
	Problem: "is SimpleOneForOne either before the change or after it",
	Hint:    "replace the whole supervisor, by a change of its own supervisor",
}

// errStopped is the failure of a start that was interrupted.
var errStopped = fmt.Errorf("%w: the supervisor was stopped before its children were up", actor.ErrShutdown)

// SpecError says what is wrong with a specification, and what to write
// instead. It is found before any child is started; of several mistakes the
// first is reported.
type SpecError struct {
	Supervisor string // its name; empty when a ChildSpec came by StartChild
	Child      string // its id; empty when the mistake is in the Spec itself
	Field      string // the field of ChildSpec, Spec or Policy
	Problem    string // what is wrong
	Hint       string // what to write instead
}

// Error names the place, the mistake and what to write instead.
func (e *SpecError) Error() string {
	var b strings.Builder
	b.WriteString("supervise: ")
	if e.Supervisor != "" {
		fmt.Fprintf(&b, "supervisor %q: ", e.Supervisor)
	}
	if e.Child != "" {
		fmt.Fprintf(&b, "child %q: ", e.Child)
	}
	fmt.Fprintf(&b, "%s %s; %s", e.Field, e.Problem, e.Hint)
	return b.String()
}

// Death is one use of a supervisor's restart budget: the end of a child that
// was to be restarted, or a restart that failed.
type Death struct {
	Child  string    // the child's id
	At     time.Time // when the supervisor dealt with it
	Reason error     // why it ended, or why the restart failed
}

// IntensityError is the reason of a supervisor that gave up: there were more
// restarts within the period than its policy allows. It unwraps to
// [actor.ErrShutdown], as an OTP supervisor then exits with reason shutdown:
// its own supervisor restarts it if it is permanent, and not if it is
// transient. The reasons of the deaths are not unwrapped, so that they do not
// pass for the reason of the supervisor's end.
type IntensityError struct {
	Intensity int           // restarts that were allowed
	Period    time.Duration // within this time
	Deaths    []Death       // those that used the budget up, oldest first; one more than Intensity
	Child     string        // whose MaxRestarts it was; empty: the supervisor's
	OOM       bool          // it was the budget of ends for want of memory
}

// deathsShown is how many deaths, the last ones, the text of an IntensityError
// has: a budget can be large.
const deathsShown = 3

// Error says what was allowed, how often children died, and why the last three
// did.
func (e *IntensityError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gave up at death %d within %v (restarts allowed: %d%s): ", len(e.Deaths), e.Period, e.Intensity, e.scope())
	last := e.Deaths[max(0, len(e.Deaths)-deathsShown):]
	if len(last) < len(e.Deaths) {
		b.WriteString("…; ")
	}
	for i, d := range last {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %v", d.Child, d.Reason)
	}
	return b.String()
}

// scope says which budget it was, unless it was the usual one.
func (e *IntensityError) scope() string {
	switch {
	case e.Child != "":
		return fmt.Sprintf(" for %s alone", e.Child)
	case e.OOM:
		return " for want of memory"
	}
	return ""
}

// Unwrap returns [actor.ErrShutdown].
func (e *IntensityError) Unwrap() error { return actor.ErrShutdown }

// AutoShutdownError is the reason of a supervisor that ended because its
// significant children did, as its AutoShutdown says. It unwraps to
// [actor.ErrShutdown], as an OTP supervisor then exits with reason shutdown.
type AutoShutdownError struct {
	Child  string // the id of the child whose end was the last that was needed
	Reason error  // why that ended; not unwrapped
}

// Error says whose end it was.
func (e *AutoShutdownError) Error() string {
	return fmt.Sprintf("auto shutdown: significant child %s ended: %v", e.Child, e.Reason)
}

// Unwrap returns [actor.ErrShutdown].
func (e *AutoShutdownError) Unwrap() error { return actor.ErrShutdown }

// EscalateError is the reason of a supervisor that a [Decider] told to end: a
// crash, whatever the child's end was, so that its own supervisor decides. It
// has the cause of the child's end ([Causer]) and is of its class, so that a
// rule of the Decider there fits the one as it fits the other, and so on upwards.
type EscalateError struct {
	Child  string // the id of the child
	Reason error  // why it ended, or could not be restarted; not unwrapped, but see Is
}

// Error says what was escalated.
func (e *EscalateError) Error() string {
	return fmt.Sprintf("escalated: child %s: %v", e.Child, e.Reason)
}

// ExitCause is that of the child's end.
func (e *EscalateError) ExitCause() Cause { return CauseOf(e.Reason) }

// Is reports whether the child's end was of the class target. No escalated end
// is [actor.ErrNormal] or [actor.ErrShutdown], be that of the child what it was:
// it is a crash, after which a transient supervisor is restarted.
func (e *EscalateError) Is(target error) bool {
	return target != actor.ErrNormal && target != actor.ErrShutdown && errors.Is(e.Reason, target)
}
