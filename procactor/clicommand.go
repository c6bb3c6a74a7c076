package procactor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"time"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/procactor/internal/byhand"
)

// cliCommand is a command task by hand. It needs no worker: supervised, too,
// both of its functions run in the process of the caller.
type cliCommand[In, Out any] struct{ task Task[In, Out] }

func newCLICommand[In, Out any](t Task[In, Out]) cliTask { return cliCommand[In, Out]{t} }

func (h cliCommand[In, Out]) describe() cliInfo {
	return cliInfo{kind: "command", in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), example: byhand.ExampleOf[In]()}
}

func (h cliCommand[In, Out]) place(*catalog) (cliPlace, error) { return cliCommandPlace{}, nil }

func (h cliCommand[In, Out]) prepare(input []byte, raw bool) (cliCall, error) {
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
func (h cliCommand[In, Out]) call(in In, text func(Out) ([]byte, error)) cliCall {
	return func(ctx cliContext, show func(line []byte) error) error {
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
func (h cliCommand[In, Out]) noting(own *error) Task[In, Out] {
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
func (h cliCommand[In, Out]) typed(err error) error {
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

// cliCommandPlace is where a command runs by hand: this process, which gives it
// back in order, also when it is interrupted.
type cliCommandPlace struct{}

// run makes the call. A first Ctrl-C cancels it: its process is asked to end. A
// second one kills that with its group; a function of the task that goes on
// then is ended by the end of this process.
func (p cliCommandPlace) run(timeout time.Duration, call func(cliContext) error) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	kill, killNow := context.WithCancelCause(context.Background())
	defer killNow(nil)
	pressed := ctrlC()
	done := make(chan int, 1)
	go func() {
		defer func() {
			if foreign.CalledGoexit() {
				panic("the task called runtime.Goexit") //nolint:forbidigo // as in a worker; nothing else would end the wait
			}
		}()
		limited, cancel := withCLITimeout(ctx, timeout)
		defer cancel()
		done <- p.report(ctx, call(cliContext{Context: limited, kill: kill}))
	}()
	for {
		select {
		case code := <-done:
			return code
		case <-pressed:
			if ctx.Err() == nil {
				interrupt(cancel)
				continue
			}
		}
		killNow(errInterrupted)
		bound := time.NewTimer(drainBound)
		defer bound.Stop()
		select {
		case code := <-done:
			return code
		case <-pressed:
		case <-bound.C:
		}
		return byhand.ExitInterrupted
	}
}

// report tells the person how the call ended, and returns the exit code.
func (cliCommandPlace) report(ctx context.Context, err error) int {
	if err == nil {
		return byhand.ExitDone
	}
	if show, ok := errors.AsType[*showError](err); ok {
		return notShown(show)
	}
	complain(err)
	own, isOwn := err.(*ownError) //nolint:errorlint // nothing is around it
	switch {
	case ctx.Err() != nil:
		return byhand.ExitInterrupted
	case isOwn:
		if own.typed != nil {
			tellTyped(own.typed)
		}
		return byhand.ExitFailed
	case errors.Is(err, context.DeadlineExceeded):
		return byhand.ExitLate
	}
	return byhand.ExitNotRun
}
