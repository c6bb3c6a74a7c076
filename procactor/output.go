package procactor

import (
	"context"
	"io"
	"reflect"
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
// It applies to tasks of which one call runs at a time in a worker, see
// [Task.Concurrent], and to all command tasks, whose answer has stdout too.
func WithOutput(ctx context.Context, stdout, stderr io.Writer) context.Context {
	stdout, stderr = oneAtATime(stdout, stderr)
	return context.WithValue(orBackground(ctx), outputKey{}, sinks{stdout, stderr})
}

// oneAtATime puts a lock around each writer, one for both if they are the same:
// calls under one context may run at once in several workers.
func oneAtATime(stdout, stderr io.Writer) (forStdout, forStderr io.Writer) {
	if stdout != nil {
		forStdout = &usersWriter{w: stdout}
	}
	switch {
	case stderr == nil:
	case same(stdout, stderr):
		forStderr = forStdout
	default:
		forStderr = &usersWriter{w: stderr}
	}
	return forStdout, forStderr
}

// same compares two writers, also ones whose type cannot be compared.
func same(a, b io.Writer) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

func outputOf(ctx context.Context) (sinks, bool) {
	s, ok := ctx.Value(outputKey{}).(sinks)
	return s, ok
}
