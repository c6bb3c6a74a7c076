package supervise

import (
	"context"
	"iter"
)

// Events returns what the supervisor and all supervisors beneath it decide
// from now on, those of one supervisor in order. The sequence outlives
// restarts of the supervisor, and ends with ctx, or when no supervisor will be
// at the path any more without somebody's doing; at once when there is none. To
// leave the loop ends it for good. A nil ctx never ends. What comes before the loop is kept for it, so
// that nothing is missed: a sequence that is never ranged over is to be ended by
// ctx.
//
// No supervisor waits for a reader: one that is more than 1024 events behind
// loses what comes until it has read some, and gets one Event of the kind
// [EventLost] in their place.
func (s *Supervisor) Events(ctx context.Context) iter.Seq[Event] {
	c := cellAt(s.sys, s.path)
	if c == nil {
		return func(func(Event) bool) {}
	}
	if ctx == nil {
		ctx = context.Background()
	}
	r := newReader()
	c.hub.join(r)
	release := context.AfterFunc(ctx, func() { c.hub.leave(r) })
	return func(yield func(Event) bool) {
		defer func() {
			release()
			c.hub.leave(r)
		}()
		for more := true; more; {
			var events []Event
			events, more = r.take()
			for _, e := range events {
				if ctx.Err() != nil || !yield(e) {
					return
				}
			}
			if more && len(events) == 0 {
				<-r.filled
			}
		}
	}
}

// event makes an event of the machine's news.
func (i *incarnation) event(r report) Event {
	e := Event{
		At: i.now, Supervisor: i.path, Kind: r.kind, Child: r.id, Reason: r.err, Verdict: r.verdict, Rule: r.rule,
		Delay: r.delay, Used: r.usage.used, Allowed: r.usage.allowed, Period: r.usage.period,
	}
	if r.id == "" {
		e.PID = i.life.PID()
	} else {
		e.PID = i.pid(r.life)
	}
	return e
}

// tell gives the news to the log and to those who read events.
func (i *incarnation) tell(r report) {
	kind, log := i.news(r), i.sys.Logger()
	enabled := kind.Enabled(log)
	read := i.cell.hub.active.Load() > 0
	for _, up := range i.above {
		read = read || up.hub.active.Load() > 0
	}
	if !enabled && !read {
		return
	}
	e := i.event(r)
	if enabled {
		kind.Log(log, attrs(e)...)
	}
	if !read {
		return
	}
	i.cell.hub.publish(e)
	for _, up := range i.above {
		up.hub.publish(e)
	}
}
