package procactor

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Call says, in the worker, what came with the request beside its input.
type Call struct {
	Traceparent string // the caller's W3C trace context; empty when there was none
	Key         string // the call's key, see [Task.WithKey]
	Attempt     int    // 1 for the first delivery, more after a crash of an idempotent call
}

type callKey struct{}

// CallFrom returns what came with the request that ctx, the context of a task
// in a worker, belongs to; the zero Call elsewhere.
func CallFrom(ctx context.Context) Call {
	c, _ := orBackground(ctx).Value(callKey{}).(Call)
	return c
}

type traceKey struct{}

// WithTraceparent has calls under ctx carry the W3C trace context to the
// worker, where [CallFrom] returns it.
func WithTraceparent(ctx context.Context, traceparent string) context.Context {
	return context.WithValue(orBackground(ctx), traceKey{}, traceparent)
}

func traceparentOf(ctx context.Context) string {
	s, _ := ctx.Value(traceKey{}).(string)
	return s
}

// Measures is what a call cost where it ran. What is not known, or was less
// than a microsecond, is zero.
type Measures struct {
	Queue time.Duration // it waited in the worker, from its arrival there to its beginning
	Run   time.Duration // it ran
	CPU   time.Duration // the processor time it used, of a command or of a task that runs alone in its worker
}

type measuresKey struct{}

// WithMeasures has each call under ctx tell f what it cost in its worker, or as a
// process of its own, also when it failed there. A call that had no answer, such
// as one whose worker died, tells nothing, and neither do streams and casts; a
// nil f asks for nothing.
//
// f is called once for each such call, by the goroutine that made it, right
// before the call returns; calls that run at once call it at once. [Map] calls
// it by the goroutine that ranges over it, right before it yields the call's
// pair, so that there one call of f follows the other. The call waits for f, its
// worker does not. A panic in f is the error of the call, with [actor.Done].
func WithMeasures(ctx context.Context, f func(Measures)) context.Context {
	return context.WithValue(orBackground(ctx), measuresKey{}, f)
}

func measuresOf(ctx context.Context) func(Measures) {
	f, _ := ctx.Value(measuresKey{}).(func(Measures))
	return f
}

// measured tells whoever asked by ctx what the worker said. The error is a panic of
// who was told.
func measured(ctx context.Context, m wire.Measures) error {
	f := measuresOf(ctx)
	if f == nil {
		return nil
	}
	return tell(f, Measures(m))
}

// tell calls f, and makes an error of its panic.
func tell(f func(Measures), m Measures) error {
	err := caught(func() error { f(m); return nil })
	if err != nil {
		return fmt.Errorf("the function given to WithMeasures: %w", err)
	}
	return nil
}

// withFault is the error of a call whose end was told to code of the user that
// may have failed, too.
func withFault(err, fault error) error {
	if fault == nil {
		return err
	}
	return fmt.Errorf("%w; %w", err, fault)
}

type outputKey struct{}

// sinks are where a call's output goes; nil is where it goes without.
type sinks struct{ stdout, stderr io.Writer }

// WithOutput has what the worker writes on stdout and stderr during a call
// under ctx, C code and its own children included, come to the writers, in
// order within each. All that was written before the reply is there when the
// call returns, and nothing is written to them afterwards. Nothing is lost: a
// slow writer slows the task's writes, and a call waits for its writers; only
// one that is still stuck two seconds after ctx has ended is left behind. Each
// writer is written to by one goroutine at a time, whatever calls are under
// ctx; so is one that is given for both. A nil writer leaves that stream where
// it goes without.
//
// It is for tasks of which one call runs at a time in a worker, and for all
// command tasks, whose answer has stdout too. What a worker writes that runs
// several calls at once belongs to none of them: a call, cast or stream of a
// task that is declared [Task.Concurrent] is not sent, and its error is an
// *[OutputError]. WithOutput(ctx, nil, nil) is a ctx that asks for nothing.
func WithOutput(ctx context.Context, stdout, stderr io.Writer) context.Context {
	stdout, stderr = stdio.OneAtATime(stdout, stderr)
	return context.WithValue(orBackground(ctx), outputKey{}, sinks{stdout, stderr})
}

// OutputError is the error of a request under [WithOutput] whose output cannot be
// told apart from that of others, or which a [Host] of your own would have to
// give. It was not sent, and is an [actor.ErrRefused].
type OutputError struct {
	Task       string // the task's name
	Concurrent int    // how many of its calls one worker may run at once
	Host       string // the [Host] that gives nobody its output; empty: it is one of this package
}

// Error names the task, and what can be done.
func (e *OutputError) Error() string {
	if e.Host != "" {
		return fmt.Sprintf("WithOutput: the host %q does not give the output of task %q: leave WithOutput away", e.Host, e.Task)
	}
	return fmt.Sprintf("WithOutput: the output of task %q cannot be told apart, since a worker may run %d calls of it at once: "+
		"leave WithOutput away, or declare the task without Concurrent", e.Task, e.Concurrent)
}

// Is finds [actor.ErrRefused]: it is so each time.
func (e *OutputError) Is(target error) bool { return target == actor.ErrRefused }

// mixed refuses a request whose output is asked for and belongs to nobody.
func mixed(ctx context.Context, t wire.TaskInfo) error {
	if t.Concurrent <= 1 {
		return nil
	}
	if out, _ := outputOf(ctx); out.stdout == nil && out.stderr == nil {
		return nil
	}
	return &OutputError{Task: t.Name, Concurrent: int(t.Concurrent)}
}

func outputOf(ctx context.Context) (sinks, bool) {
	s, ok := ctx.Value(outputKey{}).(sinks)
	return s, ok
}
