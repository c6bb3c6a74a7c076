package procactor

import (
	"context"
	"io"
)

type outputKey struct{}

// sinks are where a call's output goes; nil is where it goes without.
type sinks struct{ stdout, stderr io.Writer }

// WithOutput has what the worker writes on stdout and stderr during a call
// under ctx, C code and its own children included, come to the writers, in
// order within each. All that was written before the reply is there when the
// call returns, and nothing is written to them afterwards. Nothing is lost: a
// slow writer slows the task's writes. A nil writer leaves that stream where
// it goes without.
//
// It applies to tasks of which one call runs at a time in a worker, see
// [Task.Concurrent].
func WithOutput(ctx context.Context, stdout, stderr io.Writer) context.Context {
	return context.WithValue(ctx, outputKey{}, sinks{stdout, stderr})
}

func outputOf(ctx context.Context) (sinks, bool) {
	s, ok := ctx.Value(outputKey{}).(sinks)
	return s, ok
}
