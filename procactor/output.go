package procactor

import (
	"context"
	"io"
	"reflect"
	"sync"
)

type outputKey struct{}

// sinks are where a call's output goes; nil is where it goes without.
type sinks struct{ stdout, stderr io.Writer }

// WithOutput has what the worker writes on stdout and stderr during a call
// under ctx, C code and its own children included, come to the writers, in
// order within each. All that was written before the reply is there when the
// call returns, and nothing is written to them afterwards: a call that was
// given up waits for a write that is under way. Nothing is lost: a slow writer
// slows the task's writes. Each writer is written to by one goroutine at a
// time; so is one that is given for both. A nil writer leaves that stream
// where it goes without.
//
// It applies to tasks of which one call runs at a time in a worker, see
// [Task.Concurrent].
func WithOutput(ctx context.Context, stdout, stderr io.Writer) context.Context {
	stdout, stderr = oneAtATime(stdout, stderr)
	return context.WithValue(ctx, outputKey{}, sinks{stdout, stderr})
}

// oneAtATime puts a lock around a writer that is given for both streams.
func oneAtATime(stdout, stderr io.Writer) (forStdout, forStderr io.Writer) {
	if stdout == nil || !same(stdout, stderr) {
		return stdout, stderr
	}
	w := &lockedWriter{w: stdout}
	return w, w
}

// same compares two writers, also ones whose type cannot be compared.
func same(a, b io.Writer) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func outputOf(ctx context.Context) (sinks, bool) {
	s, ok := ctx.Value(outputKey{}).(sinks)
	return s, ok
}
