package procactor

import (
	"context"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// Measures is what a call cost where it ran. What is not known, or was less
// than a microsecond, is zero.
type Measures struct {
	Queue time.Duration // it waited in the worker, from its arrival there to its beginning
	Run   time.Duration // it ran
	CPU   time.Duration // the processor time it used, of a command or of a task that runs alone in its worker
}

// keyMeasure asks the worker to measure the call in full.
const keyMeasure = "measure"

type measuresKey struct{}

// WithMeasures has each call under ctx tell f what it cost in its worker, or as a
// process of its own, also when it failed there. A call that had no answer, such
// as one whose worker died, tells nothing, and neither do streams and casts; a
// nil f asks for nothing.
//
// f is called once for each such call, by the goroutine that made it, right
// before the call returns; calls that run at once call it at once. [Map] calls
// it by the goroutine that ranges over it, right before it yields the call's
// pair, so that there one call of f follows the other. The call waits for f, its
// worker does not. A panic in f is the error of the call, with [actor.Done].
func WithMeasures(ctx context.Context, f func(Measures)) context.Context {
	return context.WithValue(orBackground(ctx), measuresKey{}, f)
}

func measuresOf(ctx context.Context) func(Measures) {
	f, _ := ctx.Value(measuresKey{}).(func(Measures))
	return f
}

// measured tells who asked by ctx what the worker said. The error is a panic of
// who was told.
func measured(ctx context.Context, m wire.Measures) error {
	f := measuresOf(ctx)
	if f == nil {
		return nil
	}
	return tell(f, Measures(m))
}

// tell calls f, and makes an error of its panic.
func tell(f func(Measures), m Measures) error {
	err := caught(func() error { f(m); return nil })
	if err != nil {
		return fmt.Errorf("the function given to WithMeasures: %w", err)
	}
	return nil
}

// withFault is the error of a call whose end was told to code of the user that
// may have failed, too.
func withFault(err, fault error) error {
	if fault == nil {
		return err
	}
	return fmt.Errorf("%w; %w", err, fault)
}
