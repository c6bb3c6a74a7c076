package serve

import (
	"context"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// Task is a task as the worker's loop sees it, without its types.
type Task struct {
	Info wire.TaskInfo

	// Parse makes a request of its body, which is valid until Parse returns, within
	// the limits that were agreed. Its error is the input's.
	Parse func(body []byte, agreed wire.Limits) (Job, error)

	// EncodeError appends what travels of the task's own error, whose text travels
	// anyway; nil: nothing more does.
	EncodeError func(dst []byte, err error) ([]byte, error)
}

// Job is one parsed request, ready to run.
type Job interface {
	// Run does the work and has w take the answer. Its error is the task's.
	Run(ctx context.Context, w Answerer) error
	// Encode appends the result, when Run has asked w to reply.
	Encode(dst []byte) ([]byte, error)
}

// Answerer takes what a job has to say. Its errors are to be returned by the job.
type Answerer interface {
	// Reply sends the result of j, once.
	Reply(j Job) error
	// Item sends an item of a stream; it waits until the caller wants more, and
	// until the item was written.
	Item(encode func(dst []byte) ([]byte, error)) error
}

// Call is what came with a request beside its input.
type Call struct {
	Traceparent string // the caller's W3C trace context; empty: none
	Key         string // the call's key; empty: none
	Attempt     int    // 1 for the first delivery
	Measure     bool   // the caller wants it measured in full
}

// The fields of a request that say more of its call.
const (
	FieldTraceparent = "traceparent"
	FieldKey         = "key"
	FieldMeasure     = "measure"
)

// callOf copies what the task may ask for out of the read buffer.
func callOf(r wire.Request) Call {
	c := Call{Attempt: int(r.Attempt)}
	for k, v := range r.Fields.All() {
		switch string(k) {
		case FieldTraceparent:
			c.Traceparent = string(v)
		case FieldKey:
			c.Key = string(v)
		case FieldMeasure:
			c.Measure = true
		}
	}
	return c
}

// outputError says that a result could not be encoded or sent.
type outputError struct{ err error }

func (e *outputError) Error() string { return "the result does not encode: " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }
