package procactor

import (
	"context"
	"fmt"
	"io"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
)

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
