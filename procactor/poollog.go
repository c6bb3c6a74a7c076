package procactor

import (
	"errors"
	"log/slog"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/supervise"
)

// poolLog tells the log of what becomes of a pool's workers; all by the pool's
// goroutine.
type poolLog struct {
	log    *slog.Logger
	pool   string
	period time.Duration // of the pool's budget, if it has one
	news   [3]placeNews
	late   *time.Timer // fires when a sum is due; made when there is one
}

// placeNews is one kind of news, of which so many a second have a record each.
type placeNews struct {
	each, more record.Kind
	tally
}

// The kinds of news.
const (
	newsEnded = iota
	newsFailed
	newsRestarted
)

func newPoolLog(log *slog.Logger, pool string, period time.Duration) *poolLog {
	return &poolLog{log: log, pool: pool, period: period, news: [3]placeNews{
		newsEnded:     {each: record.PlaceEnded, more: record.PlacesEnded},
		newsFailed:    {each: record.PlaceFailed, more: record.PlacesFailed},
		newsRestarted: {each: record.PlaceRestarted, more: record.PlacesRestarted},
	}}
}

// ended tells of a worker that ended, or could not be started.
func (l *poolLog) ended(now time.Time, at *actor.Slot, e poolEvent) {
	switch e.kind {
	case placeDied, placeReplaced:
		l.tell(now, newsEnded, e.reason, func() []slog.Attr { return l.death(at, e.reason) })
	case placeFailed:
		l.tell(now, newsFailed, e.reason, func() []slog.Attr { return l.death(at, e.reason) })
	case placeHopeless:
		record.PlaceHopeless.Log(l.log, l.death(at, e.reason)...)
	case placeStarted, placeClosed, placeWaitEnded, placeWanted:
	}
}

// restarted tells of the restart that the event led to, once: not again when its
// delay is over or becomes shorter.
func (l *poolLog) restarted(now time.Time, at *actor.Slot, e poolEvent, a poolAction) {
	if !a.start || e.kind == placeWaitEnded || e.kind == placeWanted {
		return
	}
	l.tell(now, newsRestarted, nil, func() []slog.Attr {
		attrs := []slog.Attr{record.Pool(l.pool), record.Worker(at.Path())}
		if a.after > 0 {
			attrs = append(attrs, record.Delay(a.after))
		}
		if a.budget.limited {
			attrs = append(attrs, record.Budget(a.budget.used, a.budget.allowed, l.period)...)
		}
		return attrs
	})
}

// tell logs one of the news, or counts it.
func (l *poolLog) tell(now time.Time, which int, reason error, attrs func() []slog.Attr) {
	l.sums(now, false)
	n := &l.news[which]
	if n.pass(now, reason) {
		n.each.Log(l.log, attrs()...)
	}
	l.remind(now)
}

// tick logs the sums that are due.
func (l *poolLog) tick(now time.Time) {
	l.sums(now, false)
	l.remind(now)
}

// sums logs the sums that are due, or, at the end, all.
func (l *poolLog) sums(now time.Time, end bool) {
	for i := range l.news {
		n := &l.news[i]
		count, last := n.sum(now, end)
		if count == 0 {
			continue
		}
		attrs := []slog.Attr{record.Pool(l.pool), record.Count(count)}
		if last != nil {
			attrs = append(attrs, record.Reason(last))
		}
		n.more.Log(l.log, attrs...)
	}
}

// remind has the timer fire when the next sum is due: nothing else may come.
func (l *poolLog) remind(now time.Time) {
	var next time.Time
	for i := range l.news {
		if due := l.news[i].due(); !due.IsZero() && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	switch {
	case next.IsZero():
	case l.late == nil:
		l.late = time.NewTimer(next.Sub(now))
	default:
		l.late.Reset(next.Sub(now))
	}
}

// due is what the pool's goroutine listens to, and calls tick then; nil while
// nothing is due.
func (l *poolLog) due() <-chan time.Time {
	if l.late == nil {
		return nil
	}
	return l.late.C
}

// end logs what is left.
func (l *poolLog) end(now time.Time) {
	l.sums(now, true)
	if l.late != nil {
		l.late.Stop()
	}
}

// death are the attributes of the record of an end, or of a failed start.
func (l *poolLog) death(at *actor.Slot, reason error) []slog.Attr {
	attrs := []slog.Attr{record.Pool(l.pool), record.Reason(reason)}
	if pid := at.Last(); pid != (actor.PID{}) {
		attrs = append(attrs, record.PID(pid))
	}
	var known supervise.Recorded
	if errors.As(reason, &known) {
		return append(attrs, known.LogAttrs()...) // the worker is among them
	}
	return append(attrs, record.Worker(at.Path()))
}
