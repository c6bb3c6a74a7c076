package procactor

import (
	"context"
	"fmt"
	"reflect"

	"github.com/proctor-dev/proctor/actor/codec"
	"github.com/proctor-dev/proctor/procactor/internal/byhand"
)

// handContext is what a call by hand has from its surroundings.
type handContext struct {
	context.Context //nolint:containedctx // it is one, with the place to run on
	host            Host
	kill            context.Context //nolint:containedctx // of a command: ends when its process is to be killed
}

// handInfo says what a task takes and gives, for people.
type handInfo struct {
	kind    string // "call", "stream" or "command"
	in, out reflect.Type
	example string // JSON that the task takes as input; empty if none is known
}

// wanted says what the input must be.
func (i handInfo) wanted() string {
	if i.example == "" {
		return fmt.Sprintf("%v, for which no JSON is known: see %s", i.in, byhand.FlagRaw)
	}
	return fmt.Sprintf("%v, such as %s", i.in, i.example)
}

// typedHand is a Task by hand. The call goes where every call goes, over a Ref.
type typedHand[In, Out any] struct{ task Task[In, Out] }

func (h typedHand[In, Out]) describe() handInfo {
	i := handInfo{kind: "call", in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), example: byhand.ExampleOf[In]()}
	if h.task.stream != nil {
		i.kind = "stream"
	}
	return i
}

func (h typedHand[In, Out]) place(c *catalog) (handPlace, error) {
	w, err := newHandWorker(c)
	if err != nil {
		return nil, err
	}
	w.typed = h.task.errs != nil
	return w, nil
}

func (h typedHand[In, Out]) prepare(input []byte, raw bool) (handCall, error) {
	if raw {
		same := func(out []byte) ([]byte, error) { return out, nil }
		return handCallOf(h.passing(), input, same), nil
	}
	in, err := byhand.ParseJSON[In](input)
	if err != nil {
		return nil, err
	}
	return handCallOf(h.task, in, byhand.JSONLine[Out]), nil
}

// passing is the task for a caller who has encoded the input, and decodes the
// output, himself.
func (h typedHand[In, Out]) passing() Task[[]byte, []byte] {
	t := h.task
	p := NewTask[[]byte, []byte](t.name, nil).WithCodec(passed{codec.Name(t.in)}, passed{codec.Name(t.out)})
	if t.stream != nil {
		p = NewStreamTask[[]byte, []byte](t.name, nil).WithCodec(p.in, p.out)
	}
	p.errs, p.idempotent, p.concurrent, p.timeout = t.errs, t.idempotent, t.concurrent, t.timeout
	if t.key != nil {
		p.key = func(body []byte) string {
			in, err := t.in.Parse(body)
			if err != nil {
				return "" // the worker will refuse it
			}
			return t.key(in)
		}
	}
	return p
}

// passed is a codec that leaves the work to others.
type passed struct{ name string }

func (p passed) Name() string                                   { return p.name }
func (p passed) Append(dst []byte, body []byte) ([]byte, error) { return append(dst, body...), nil }
func (p passed) Parse(body []byte) ([]byte, error)              { return append([]byte(nil), body...), nil }

// handCallOf calls the task, and shows each result.
func handCallOf[In, Out any](t Task[In, Out], in In, text func(Out) ([]byte, error)) handCall {
	return func(ctx handContext, show func(line []byte) error) error {
		one := func(out Out) error { return showOne(out, text, show) }
		ref := t.On(ctx.host)
		if t.stream == nil {
			out, err := ref.Call(ctx, in)
			if err != nil {
				return err
			}
			return one(out)
		}
		for out, err := range ref.Stream(ctx, in) {
			if err == nil {
				err = one(out)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// showOne shows one result.
func showOne[Out any](out Out, text func(Out) ([]byte, error), show func(line []byte) error) error {
	line, err := text(out)
	if err != nil {
		return &showError{err}
	}
	return show(line)
}
