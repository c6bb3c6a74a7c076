package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
)

// A shape is a kind of call, and how often it is made among all.
type shape struct {
	name   string
	weight int
	call   func(ctx context.Context, h procactor.Host, random *rand.Rand) error // says what is wrong
}

func shapes() []shape {
	return []shape{
		{"small", 600, smallCall},
		{"of 1 to 64 KiB", 60, middleCall},
		{"of 3 MiB", 1, largeCall},
		{"several at once", 100, concurrentCall},
		{"casts", 60, castCall},
		{"streams", 40, streamCall},
		{"streams left early", 20, leftStream},
		{"canceled", 30, canceledCall},
		{"late", 10, lateCall},
		{"with output", 30, outputCall},
		{"with a typed error", 30, typedError},
		{"with an error of text", 10, textError},
		{"of a task that is not there", 5, absentCall},
		{"that do not wait", 10, hastyCall},
	}
}

func smallCall(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	n := random.IntN(1 << 15)
	if got, err := square.On(h).Call(ctx, n); err != nil || got != n*n {
		return wrong(got, err)
	}
	return nil
}

func middleCall(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	body := bytes.Repeat([]byte{byte(random.Uint32())}, 1<<10+random.IntN(63<<10))
	if got, err := echo.On(h).Call(ctx, body); err != nil || !bytes.Equal(got, body) {
		return wrong(len(got), err)
	}
	return nil
}

func largeCall(ctx context.Context, h procactor.Host, _ *rand.Rand) error {
	body := large()
	if got, err := echo.On(h).Call(ctx, body); err != nil || !bytes.Equal(got, body) {
		return wrong(len(got), err)
	}
	return nil
}

func concurrentCall(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	n := random.IntN(1 << 15)
	if got, err := together.On(h).Call(ctx, n); err != nil || got != n+1 {
		return wrong(got, err)
	}
	return nil
}

func castCall(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	if err := square.On(h).Cast(ctx, random.IntN(100)); err != nil {
		return wrong("no cast", err)
	}
	return nil
}

func streamCall(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	n, seen := random.IntN(40), 0
	for item, err := range count.On(h).Stream(ctx, n) {
		if err != nil || item != seen {
			return wrong(item, err)
		}
		seen++
	}
	if seen != n {
		return fmt.Errorf("%d of %d items", seen, n)
	}
	return nil
}

func leftStream(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	leave := random.IntN(10)
	for item, err := range count.On(h).Stream(ctx, 1000) {
		if err != nil {
			return wrong(item, err)
		}
		if item == leave {
			break
		}
	}
	return nil
}

func canceledCall(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if after := random.IntN(4); after > 0 {
		defer time.AfterFunc(time.Duration(random.IntN(300*after))*time.Microsecond, cancel).Stop()
	} else {
		cancel()
	}
	return endedBy(context.Canceled)(await.On(h).Call(ctx, struct{}{}))
}

func lateCall(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(random.IntN(1000))*time.Microsecond)
	defer cancel()
	return endedBy(context.DeadlineExceeded)(await.On(h).Call(ctx, struct{}{}))
}

// endedBy says what is wrong with a call that had to end by its context, or by
// the answer of its task, whose context is the same.
func endedBy(why error) func(struct{}, error) error {
	return func(_ struct{}, err error) error {
		if _, ok := errors.AsType[*actor.CallError](err); !ok || !errors.Is(err, why) {
			return wrong("an end", err)
		}
		return nil
	}
}

func outputCall(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	var out, errs bytes.Buffer
	text := fmt.Sprint("words ", random.Uint64())
	_, err := say.On(h).Call(procactor.WithOutput(ctx, &out, &errs), text)
	if err != nil || out.String() != text+"\n" || errs.String() != "not "+text+"\n" {
		return wrong([]string{out.String(), errs.String()}, err)
	}
	return nil
}

func typedError(ctx context.Context, h procactor.Host, random *rand.Rand) error {
	code := random.IntN(1000)
	got, err := refuse.On(h).Call(ctx, code)
	if r, ok := errors.AsType[refusal](err); !ok || r.Code != code {
		return wrong(got, err)
	}
	return nil
}

func textError(ctx context.Context, h procactor.Host, _ *rand.Rand) error {
	got, err := refuse.On(h).Call(ctx, -1)
	if e, ok := errors.AsType[*procactor.TaskError](err); !ok || e.Message != "below zero" {
		return wrong(got, err)
	}
	return nil
}

func absentCall(ctx context.Context, h procactor.Host, _ *rand.Rand) error {
	got, err := absent.On(h).Call(ctx, 1)
	if e, ok := errors.AsType[*procactor.HandshakeError](err); !ok || e.Task != "absent" {
		return wrong(got, err)
	}
	return nil
}

// hastyCall does not wait for a worker: it is answered, or refused at once.
func hastyCall(ctx context.Context, h procactor.Host, _ *rand.Rand) error {
	got, err := square.On(h).Call(actor.NoWait(ctx), 3)
	if err == nil && got == 9 || errors.Is(err, actor.ErrFull) {
		return nil
	}
	return wrong(got, err)
}
