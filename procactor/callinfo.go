package procactor

import (
	"context"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// Call says, in the worker, what came with the request beside its input.
type Call struct {
	Traceparent string // the caller's W3C trace context; empty when there was none
	Key         string // the call's key, see [Task.WithKey]
	Attempt     int    // 1 for the first delivery, more after a crash of an idempotent call

	measure bool // the caller wants it measured in full
}

type callKey struct{}

// callOf copies what the task may ask for out of the read buffer.
func callOf(r wire.Request) Call {
	c := Call{Attempt: int(r.Attempt)}
	for k, v := range r.Fields.All() {
		switch string(k) {
		case "traceparent":
			c.Traceparent = string(v)
		case "key":
			c.Key = string(v)
		case keyMeasure:
			c.measure = true
		}
	}
	return c
}

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
