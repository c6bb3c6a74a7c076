package procactor

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/supervise"
)

// ExitError explains the death of a worker process, of a command's, or of a Daemon's. The fields of one death
// are the same for all who learn of it, but for CallState.
type ExitError struct {
	PID       int               // the process's id
	Program   string            // of a command task or a Daemon: the path of what ran; otherwise empty
	Code      int               // exit code, -1 when a signal ended it; on Windows the exception when one did
	Signal    os.Signal         // the signal that ended it, otherwise nil; on Windows an exception, or os.Kill if we ended it
	Killed    bool              // we sent the signal
	Why       error             // why we ended it, when we did; actor.ErrNoConnection when it ended itself, cut off from us
	Stderr    []byte            // the first and the last 32 KiB it wrote there, and a Go runtime's fatal error between them
	Panic     *actor.PanicError // the Go panic or fatal error, if there was one; Value is its text
	CallState CallState         // how far the call had got; CallNone in a Down

	// OOM says that it ended for want of memory. Either it said so as it died, as
	// the runtimes of Go, C++, Rust, Node.js, Python and Java do; or a KILL that we
	// did not send ended it, and the kernel has counted a kill for want of memory
	// that explains no other death of this System: in the cgroup of the process or,
	// where that cannot be read, on the machine, in which case it may have been a
	// stranger's, and Error says "perhaps". It is false where nobody tells, as on
	// systems other than Linux, and of a KILL by a program that watches memory,
	// such as systemd-oomd.
	OOM bool

	who    slog.Attr           // the path of the actor, as records have it
	calls  []record.Call       // that it ran when it ended
	redact func(string) string // what may be shown of its stack; nil: all
	death  osproc.Death        // what it means, as it was judged
	manner osproc.Manner       // what the system told of why it ended it
	quiet  time.Duration       // how long before its end it last wrote on stderr
	hint   string              // what helps, if its program is a script with a mistake
}

// lastWordsBound is how long before the end of a process the last line of its
// stderr may have been written for the text of its ExitError to end with it: an
// older one tells of something else.
const lastWordsBound = 3 * time.Second

// CallState is how far a call had got when its worker died.
type CallState uint8

// The states of a call.
const (
	CallNone    CallState = iota // the error is not that of a call
	CallSent                     // sent, and certainly not started
	CallStarted                  // started, or may have; nobody knows how far it got
)

// String returns the state in words.
func (s CallState) String() string {
	switch s {
	case CallNone:
		return "no call"
	case CallSent:
		return "not started"
	case CallStarted:
		return "started"
	}
	return "CallState(" + strconv.Itoa(int(s)) + ")"
}

// newExitError tells of a process that ended as it was judged.
func newExitError(pid int, end osproc.Ending, stderr []byte) *ExitError {
	return &ExitError{
		PID: pid, Code: end.Code, Signal: end.Signal, Killed: end.Ours, Why: end.Why, Stderr: stderr,
		death: end.Death,
	}
}

// explain adds what is known of why it ended so: what it said on its crash channel
// and on stderr, where it was quiet before, and what the system tells of an end
// that is not ours.
func (e *ExitError) explain(crash []byte, quiet time.Duration, told func() osproc.Manner) {
	e.quiet = quiet
	var noMemory bool
	if e.Panic, noMemory = stdio.CrashOf(crash, e.Stderr); e.Panic == nil && e.asGoCrashes() {
		e.Panic, noMemory = stdio.PanicIn(e.Stderr) // such as one before Main
	}
	e.settleManner(told, noMemory)
}

// asGoCrashes reports whether it ended by itself as a Go program does that
// crashes: with status 2, or by ABRT with GOTRACEBACK=crash.
func (e *ExitError) asGoCrashes() bool {
	const runtimeStatus = 2
	aborted := e.Signal != nil && osproc.SignalName(e.Signal) == "SIGABRT"
	return !e.Killed && (e.Code == runtimeStatus || aborted)
}

// settleManner says what is known of why it ended, when all else of it is: by
// what the system tells, which is asked only of an end that is not ours, and by
// what it wrote; runtimeTold says that Go's runtime told of want of memory.
func (e *ExitError) settleManner(told func() osproc.Manner, runtimeTold bool) {
	if e.OOM = runtimeTold; e.Killed || e.Why != nil {
		return
	}
	if e.Signal != nil {
		e.manner = told()
	}
	e.OOM = e.OOM || e.manner.IsMemory() || e.saysNoMemory()
}

// saysNoMemory reports whether a program of another language, or code of one in a
// Go program, says on stderr that it ended for want of memory. A program can write
// the like and mean nothing by it, so the way it ended must be its runtime's, too,
// and the words must be its last: it is evidence only.
func (e *ExitError) saysNoMemory() bool {
	switch {
	case e.Panic != nil:
		text, _ := e.Panic.Value.(string)
		return stdio.AbortTextForMemory(text)
	case e.aborted():
		return stdio.AbortedForMemory(e.Stderr)
	case e.Signal == nil && e.Code == 1:
		return stdio.RaisedForMemory(e.Stderr)
	}
	return false
}

// aborted reports whether it ended as abort(3) and traps do.
func (e *ExitError) aborted() bool {
	return e.Signal != nil && slices.Contains([]string{"SIGABRT", "SIGTRAP", "SIGILL"}, osproc.SignalName(e.Signal))
}

// Error says how the process ended, who ended it and why, and the first line of
// what it said of that: what it panicked with, or else the last line on stderr, if
// it was written in the last three seconds.
func (e *ExitError) Error() string {
	var b strings.Builder
	who := "worker"
	if e.Program != "" {
		who = filepath.Base(e.Program)
	}
	fmt.Fprintf(&b, "%s process %d", who, e.PID)
	switch {
	case e.Signal == nil && e.Code < 0 && e.Why != nil: // which says what is known
	case e.death == osproc.DeathOrphaned:
		b.WriteString(" ended itself")
	case e.Killed && e.Signal == os.Kill:
		b.WriteString(" was killed by us")
	case e.Killed && e.Signal != nil:
		b.WriteString(" was ended by us with " + osproc.SignalText(e.Signal))
	case e.Signal != nil:
		b.WriteString(" was ended by " + osproc.SignalText(e.Signal) + e.whyEnded())
	case e.Killed:
		fmt.Fprintf(&b, " exited with status %d when we had asked it to end", e.Code)
	default:
		fmt.Fprintf(&b, " exited with status %d", e.Code)
	}
	if why := e.whyText(); why != "" {
		b.WriteString(": " + why)
	}
	switch {
	case e.Panic != nil:
		fmt.Fprintf(&b, ": %v", e.Panic.Value)
	case e.Why == nil:
		if line := stdio.LastLine(e.Stderr); line != "" && e.quiet <= lastWordsBound {
			fmt.Fprintf(&b, ": stderr ends %q", line)
		}
	}
	if e.hint != "" {
		b.WriteString("; " + e.hint)
	}
	return b.String()
}

// whyText is why it ended, without a word that says again that it was killed.
func (e *ExitError) whyText() string {
	if e.Why == nil {
		return ""
	}
	text, killed := e.Why.Error(), actor.ErrKilled.Error()
	switch {
	case !e.Killed || e.Signal != os.Kill:
		return text
	case text == killed:
		return ""
	}
	return strings.TrimPrefix(text, killed+": ")
}

// whyEnded says what is known of why somebody else ended it by its signal.
func (e *ExitError) whyEnded() string {
	switch {
	case e.Why != nil:
		return ""
	case e.manner == osproc.MannerTime:
		return ": it used up its processor time (RLIMIT_CPU)"
	case !e.killedByOthers():
		return ""
	case e.manner == osproc.MannerPerhapsMemory:
		return " that we did not send (perhaps out of memory: the kernel has killed somebody on this machine for it)"
	case e.OOM:
		return " by the kernel: out of memory"
	case e.manner == osproc.MannerUntold:
		return " that we did not send (out of memory?)"
	}
	return " that we did not send"
}

// Unwrap returns the panic and why we ended the worker, as far as there are.
func (e *ExitError) Unwrap() []error {
	var errs []error
	if e.Panic != nil {
		errs = append(errs, e.Panic)
	}
	if e.Why != nil {
		errs = append(errs, e.Why)
	}
	return errs
}

// withState returns the error for a call in that state.
func (e *ExitError) withState(s CallState) *ExitError {
	c := *e
	c.CallState = s
	return &c
}

// killedByOthers tells a KILL that nobody of us sent, as that of the kernel for
// want of memory is. Where there are no signals, there is none.
func (e *ExitError) killedByOthers() bool {
	return osproc.HasSignals && e.Signal == os.Kill && !e.Killed
}

// ExitCause implements [supervise.Causer]. Its OOM is that of the error.
func (e *ExitError) ExitCause() supervise.Cause {
	c := supervise.Cause{Exited: e.Signal == nil && e.Code >= 0, Code: e.Code, OOM: e.OOM}
	if e.Signal != nil {
		c.Signal = osproc.SignalName(e.Signal)
	}
	if e.Panic != nil {
		c.Panic = e.Panic.Error()
	}
	return c
}

// normalExit is [actor.ErrNormal] of a process that exited with status 0, which a
// rule about exit codes may ask for.
type normalExit struct{}

// Error is that of what it wraps: nothing went wrong that could be told.
func (normalExit) Error() string { return actor.ErrNormal.Error() }

// Unwrap returns [actor.ErrNormal].
func (normalExit) Unwrap() error { return actor.ErrNormal }

// ExitCause implements [supervise.Causer].
func (normalExit) ExitCause() supervise.Cause { return supervise.Cause{Exited: true} }

var (
	_ supervise.Causer = (*ExitError)(nil)
	_ supervise.Causer = normalExit{}
)

// LogAttrs implements [supervise.Recorded]: they are what died, its process, how
// that ended, the calls that it ran then, and the stack of its panic.
func (e *ExitError) LogAttrs() []slog.Attr {
	var attrs []slog.Attr
	if e.who.Key != "" {
		attrs = append(attrs, e.who)
	}
	attrs = append(attrs, record.Process(e.PID))
	switch {
	case e.Signal != nil:
		attrs = append(attrs, record.Signal(osproc.SignalName(e.Signal)))
	case e.Code >= 0:
		attrs = append(attrs, record.Code(e.Code))
	}
	attrs = append(attrs, record.Calls(e.calls)...)
	if e.Panic != nil && len(e.Panic.Stack) > 0 {
		stack := e.Panic.Stack
		if e.redact != nil {
			stack = []byte(shownBy(e.redact, string(stack)))
		}
		attrs = append(attrs, record.Stack(stack))
	}
	return attrs
}

var _ supervise.Recorded = (*ExitError)(nil)

// callsIn are those calls that a dead worker had begun, or may have, when it had
// read so many of the bytes it was sent; in the order in which they came.
func callsIn(left []*link.Exchange, read uint64) []record.Call {
	slices.SortFunc(left, func(a, b *link.Exchange) int { return cmp.Compare(a.ID(), b.ID()) })
	var calls []record.Call
	for _, x := range left {
		if x.Started(read) {
			calls = append(calls, record.Call(x.Call))
		}
	}
	return calls
}

// tellEnd has the log tell of an end that no supervisor and no pool hears of,
// unless it was what somebody asked for.
func tellEnd(kind record.Kind, l *actor.Life, reason error, died *ExitError) {
	asked := l.StopRequested() != nil && (actor.IsNormal(reason) || errors.Is(reason, actor.ErrKilled))
	if l.Owned() || actor.IsNormal(reason) && died.Panic == nil || asked && died.Panic == nil {
		return
	}
	kind.Log(l.System().Logger(), append([]slog.Attr{record.PID(l.PID()), record.Reason(reason)}, died.LogAttrs()...)...)
}

// loggerOf returns the system's logger with attributes that all records of one
// process have.
func loggerOf(sys *actor.System, attrs ...slog.Attr) *slog.Logger {
	return withAttrs(sys.Logger(), attrs...)
}

func withAttrs(log *slog.Logger, attrs ...slog.Attr) *slog.Logger {
	return slog.New(log.Handler().WithAttrs(attrs))
}

func workerLines() stdio.LineKinds {
	return stdio.LineKinds{Line: record.WorkerLine, Dropped: record.WorkerLinesDropped}
}

func programLines() stdio.LineKinds {
	return stdio.LineKinds{Line: record.ProgramLine, Dropped: record.ProgramLinesDropped}
}

func commandLines() stdio.LineKinds {
	return stdio.LineKinds{Line: record.CommandLine, Dropped: record.CommandLinesDropped}
}

// redactedError is an error whose text may be shown. What it wraps is as it was,
// for programs.
type redactedError struct {
	text string
	err  error
}

// withheld is the text of an error whose Redact panicked, ended its goroutine or
// did not return within five seconds. What was panicked with may have come from the
// text, so it is not shown either.
const withheld = "an error that is not shown, since Redact panicked"

// redacted is err with the text that redact makes of its own; redact may be nil.
func redacted(redact func(string) string, err error) error {
	if redact == nil || err == nil {
		return err
	}
	plain := foreign.Text(err)
	text := shownBy(redact, plain)
	if text == plain {
		return err
	}
	return &redactedError{text, err}
}

// shownBy is what redact makes of the text, or withheld.
func shownBy(redact func(string) string, plain string) string {
	text, fault := foreign.Apart(func() string { return redact(plain) })
	if fault != nil {
		return withheld
	}
	return text
}

// Error returns the text that may be shown.
func (e *redactedError) Error() string { return e.text }

// Unwrap returns the error as it was.
func (e *redactedError) Unwrap() error { return e.err }
