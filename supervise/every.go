package supervise

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
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

// Schedule says when an [Every] runs. Make one by [Interval] or [Times]; the
// zero Schedule is an error when the child is started.
type Schedule struct {
	interval time.Duration
	next     func(last time.Time) time.Time
	jitter   time.Duration
	atOnce   bool
}

// Interval is a schedule of times that are d apart, counted from the start of
// the child: the first is one d after it. d must be positive.
func Interval(d time.Duration) Schedule { return Schedule{interval: d} }

// Times is a schedule by a function: next returns the first time after last,
// which is the start of the child at first, and then the time it returned
// before. The zero time says that there is none any more; then the child ends
// normally, so make it transient or temporary. A time that is not after last is
// a crash of the child.
func Times(next func(last time.Time) time.Time) Schedule { return Schedule{next: next} }

// Jitter returns the schedule with a random delay of less than d after each of
// its times, so that many of one schedule do not run at once. d must not be
// negative, nor greater than the Interval.
func (s Schedule) Jitter(d time.Duration) Schedule {
	s.jitter = d
	return s
}

// AtOnce returns the schedule with a run before all others, when the child has
// started. That is so for each of its lives.
func (s Schedule) AtOnce() Schedule {
	s.atOnce = true
	return s
}

// check returns the first mistake.
func (s Schedule) check(id string) error {
	fault := func(problem, hint string) error {
		return &SpecError{Child: id, Field: "Schedule", Problem: problem, Hint: hint}
	}
	switch {
	case s.next == nil && s.interval <= 0:
		return fault(fmt.Sprintf("has an interval of %v", s.interval), "use Interval of a positive duration, or Times of a function")
	case s.jitter < 0:
		return fault(fmt.Sprintf("has a jitter of %v", s.jitter), "use a positive duration, or 0 for none")
	case s.next == nil && s.jitter > s.interval:
		return fault(fmt.Sprintf("has a jitter of %v in an interval of %v", s.jitter, s.interval), "use less jitter")
	}
	return nil
}

// errNoProgress is the crash of a schedule that goes back.
var errNoProgress = errors.New("the schedule's next time is not after its last")

// mostSteps bounds how many missed times of a function are counted one by one.
const mostSteps = 100_000

// after returns the first time that is after last and not before now, zero if
// there is none, and how many were passed over.
func (s Schedule) after(last, now time.Time) (due time.Time, missed int, err error) {
	if s.next == nil {
		if late := now.Sub(last); late > s.interval {
			missed = int((late - 1) / s.interval)
		}
		return last.Add(time.Duration(missed+1) * s.interval), missed, nil
	}
	for {
		due = s.next(last)
		switch {
		case due.IsZero():
			return due, missed, nil
		case !due.After(last):
			return due, missed, fmt.Errorf("%w: %v after %v", errNoProgress, due, last)
		case !due.Before(now):
			return due, missed, nil
		}
		missed++
		last = due
		if missed%mostSteps == 0 {
			last = now.Add(-1) // they are too many to be asked for
		}
	}
}

// spread is the delay of a run.
func (s Schedule) spread() time.Duration {
	if s.jitter == 0 {
		return 0
	}
	return rand.N(s.jitter) //nolint:gosec // no secret
}

// later is d and more, or the longest duration when that is too long for one.
func later(d, more time.Duration) time.Duration {
	if d > math.MaxInt64-more {
		return math.MaxInt64
	}
	return d + more
}
