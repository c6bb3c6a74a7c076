package supervise

import (
	"context"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
)

// Every is a child that calls run at the times of the schedule, one call after
// the other: it never overlaps itself. Times that pass while a call runs are
// missed, not made up for: they are counted, which [TickOf] tells and the log.
// A call that returns an error, or panics, is a crash of the child, and its
// supervisor decides; the next life counts its schedule anew. Of an error that
// is [Survivable] it only tells, and the next call comes at its time. ctx ends when the
// child is asked to stop; see [Go] for what is done about a run that does not
// return then. The child is permanent.
//
// A schedule that cannot be, or a nil run, is a failed start, a *[SpecError].
func Every(id string, schedule Schedule, run func(ctx context.Context) error) ChildSpec {
	return ChildSpec{
		ID: id,
		Start: func(_ context.Context, at *actor.Slot) error {
			if err := schedule.check(id); err != nil {
				return err
			}
			if run == nil {
				return noFunction(id)
			}
			e := every{schedule: schedule, run: run, at: at, last: time.Now()}
			return startService(at, id, e.serve)
		},
	}
}

// Tick is one call of an [Every].
type Tick struct {
	Due    time.Time // the schedule's time, before its jitter
	Missed int       // times that were missed since the last call
	All    int       // times that were missed in this life, those included
}

// tickKey is the key of a Tick in the context of a run.
type tickKey struct{}

// TickOf returns the call of an [Every] that ctx, which it was given, belongs
// to; false for any other.
func TickOf(ctx context.Context) (Tick, bool) {
	if ctx == nil {
		return Tick{}, false
	}
	t, ok := ctx.Value(tickKey{}).(Tick)
	return t, ok
}

// every is one life of it.
type every struct {
	schedule Schedule
	run      func(context.Context) error
	at       *actor.Slot
	last     time.Time // of the schedule
	missed   int
}

// serve is the service that an Every is.
func (e *every) serve(ctx context.Context) error {
	if e.schedule.atOnce {
		if err := e.call(ctx, Tick{Due: e.last}); err != nil {
			return err
		}
	}
	for {
		due, missed, err := e.schedule.after(e.last, time.Now())
		if err != nil || due.IsZero() {
			return err
		}
		e.last = due
		if e.missed += missed; missed > 0 {
			record.TimesMissed.Log(e.at.System().Logger(), append(whose(e.at), record.Missed(missed, e.missed)...)...)
		}
		if err := pause(ctx, later(time.Until(due), e.schedule.spread())); err != nil {
			return err
		}
		if err := e.call(ctx, Tick{Due: due, Missed: missed, All: e.missed}); err != nil {
			return err
		}
	}
}

func (e *every) call(ctx context.Context, t Tick) error {
	return survive(ctx, e.at, e.run(context.WithValue(ctx, tickKey{}, t)))
}

// pause waits for d, or for the end of ctx, which is its error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
