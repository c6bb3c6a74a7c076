package procactor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor/internal/byhand"
)

// commandHand is a command task by hand. It needs no worker: supervised, too,
// both of its functions run in the process of the caller.
type commandHand[In, Out any] struct{ task Task[In, Out] }

func newCommandHand[In, Out any](t Task[In, Out]) handTask { return commandHand[In, Out]{t} }

func (h commandHand[In, Out]) describe() handInfo {
	return handInfo{kind: "command", in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), example: byhand.ExampleOf[In]()}
}

func (h commandHand[In, Out]) place(*catalog) (handPlace, error) { return commandPlace{}, nil }

func (h commandHand[In, Out]) prepare(input []byte, raw bool) (handCall, error) {
	if !raw {
		in, err := byhand.ParseJSON[In](input)
		return h.call(in, byhand.JSONLine[Out]), err
	}
	in, err := h.task.in.Parse(input)
	if err != nil {
		err = fmt.Errorf("the input does not decode: %w", err)
	}
	return h.call(in, func(out Out) ([]byte, error) { return h.task.out.Append(nil, out) }), err
}

// ownError is what a task's own function returned.
type ownError struct {
	error
	typed error // as the task's codec has it; nil if it does not take it
}

func (e *ownError) Unwrap() error { return e.error }

// call runs the task, and shows its result. What the program writes to its
// standard error goes to that of this process, whenever it does.
func (h commandHand[In, Out]) call(in In, text func(Out) ([]byte, error)) handCall {
	return func(ctx handContext, show func(line []byte) error) error {
		limited, cancel := ctx.Context, context.CancelFunc(func() {})
		if h.task.timeout > 0 {
			limited, cancel = context.WithTimeout(limited, h.task.timeout)
		}
		defer cancel()
		about := Call{Attempt: 1}
		if h.task.key != nil {
			about.Key = h.task.key(in)
		}
		limited = context.WithValue(limited, callKey{}, about)
		var own error
		out, err := commandAlone(limited, ctx.kill, h.noting(&own), Commands{Stderr: os.Stderr}, slog.Default(), in)
		if err == nil {
			return showOne(out, text, show)
		}
		if own == nil || limited.Err() != nil && errors.Is(err, limited.Err()) {
			return err
		}
		return &ownError{own, h.typed(own)}
	}
}

// noting is the task whose functions note what they return as an error.
func (h commandHand[In, Out]) noting(own *error) Task[In, Out] {
	t, f := h.task, *h.task.command
	if f.build == nil || f.parse == nil {
		return t // it will say so
	}
	t.command = &commandFuncs[In, Out]{
		build: func(ctx context.Context, in In, dir string) (cmd Command, err error) {
			cmd, *own = f.build(ctx, in, dir)
			return cmd, *own
		},
		parse: func(res Result) (out Out, err error) {
			out, *own = f.parse(res)
			return out, *own
		},
	}
	return t
}

// typed is the error as a worker's caller would get it; nil if its codec does
// not take it, or the task has none.
func (h commandHand[In, Out]) typed(err error) error {
	var typed error
	if h.task.errs == nil {
		return nil
	}
	body, err := h.task.errs.Append(nil, err)
	if err == nil {
		typed, err = codec.Codec[error].Parse(h.task.errs, body)
	}
	if err != nil {
		return nil
	}
	return typed
}
