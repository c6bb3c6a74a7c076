package procactor

import (
	"context"
	"errors"
	"time"

	"github.com/proctor-dev/proctor/procactor/internal/byhand"
)

// commandPlace is where a command runs by hand: this process, which gives it
// back in order, also when it is interrupted.
type commandPlace struct{}

// run makes the call. A first Ctrl-C cancels it: its process is asked to end. A
// second one kills that with its group; a function of the task that goes on
// then is ended by the end of this process.
func (p commandPlace) run(timeout time.Duration, call func(handContext) error) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	kill, killNow := context.WithCancelCause(context.Background())
	defer killNow(nil)
	pressed := ctrlC()
	done := make(chan int, 1)
	go func() {
		defer func() {
			if calledGoexit() {
				panic("the task called runtime.Goexit") //nolint:forbidigo // as in a worker; nothing else would end the wait
			}
		}()
		limited, cancel := handLimited(ctx, timeout)
		defer cancel()
		done <- p.report(ctx, call(handContext{Context: limited, kill: kill}))
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
func (commandPlace) report(ctx context.Context, err error) int {
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
