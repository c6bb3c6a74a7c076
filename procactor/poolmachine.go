package procactor

import (
	"slices"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// The pool's way of restarting, which is not OTP's: a pool is there to serve.
// What its calls do to its workers delays nothing; what has nothing to do with
// calls is tried again later and later.
const (
	firstBackoff = 100 * time.Millisecond
	mostBackoff  = 30 * time.Second
	mostWanted   = time.Second // the longest backoff while calls wait
	steadyAfter  = time.Second // after that long in service, an end delays nothing
)

// poolMachine decides what becomes of a pool's places. It is pure: events and
// the time go in, actions come out.
type poolMachine struct {
	budget poolBudget
	places []poolPlace
}

// poolPlace is one place of the pool.
type poolPlace struct {
	phase    placePhase
	failures int       // ends in a row that delay the next start
	since    time.Time // in service since
	until    time.Time // waits until
}

type placePhase uint8

const (
	placeStarting placePhase = iota
	placeUp
	placeWaiting // for its backoff
	placeDown    // for good: starting it again will not help
)

// poolEvent is what happened to a place.
type poolEvent struct {
	kind   poolEventKind
	place  int
	id     string // of the place, for the report
	reason error
	served bool    // its worker had answered a call
	called bool    // its worker ended in a call, which explains it
	wanted bool    // calls wait for a worker
	jitter float64 // in [0,1): chosen by the shell, since the machine has no chance
}

type poolEventKind uint8

const (
	placeStarted   poolEventKind = iota // its worker is ready
	placeDied                           // its worker died; that counts unless a call explains it
	placeFailed                         // its worker could not be started, which counts
	placeReplaced                       // its worker ended by an order, which does not count
	placeHopeless                       // its worker cannot be started, ever
	placeClosed                         // nothing can be started any more, since the system is being closed
	placeWaitEnded                      // its backoff is over
	placeWanted                         // calls have begun to wait for a worker
)

// ends reports whether the event is the end of a start, good or bad, or of a
// worker.
func (e poolEvent) ends() bool { return e.kind != placeWaitEnded && e.kind != placeWanted }

// poolAction is what is to be done.
type poolAction struct {
	start  bool          // start the place's worker
	after  time.Duration // after that long, whatever was said before
	giveUp error         // end the pool, for that reason
	budget budgetUse     // after the event, if that was of a kind that may count
}

// step takes an event into account and returns what follows.
func (m *poolMachine) step(now time.Time, e poolEvent) poolAction {
	p := &m.places[e.place]
	switch e.kind {
	case placeStarted:
		p.phase, p.since = placeUp, now
	case placeReplaced:
		return p.refill(now, e)
	case placeWaitEnded:
		if p.phase == placeWaiting {
			p.phase = placeStarting
			return poolAction{start: true}
		}
	case placeWanted:
		return p.hurry(now, e)
	case placeClosed:
		p.phase = placeDown
	case placeHopeless:
		p.phase = placeDown
		use, err := m.budget.take(now, e)
		if err == nil && !slices.ContainsFunc(m.places, func(o poolPlace) bool { return o.phase != placeDown }) {
			err = e.reason
		}
		return poolAction{budget: use, giveUp: err}
	case placeDied, placeFailed:
		use, err := m.budget.now(now), error(nil)
		if !e.called {
			use, err = m.budget.take(now, e)
		}
		if err != nil {
			return poolAction{budget: use, giveUp: err}
		}
		a := p.refill(now, e)
		a.budget = use
		return a
	}
	return poolAction{}
}

// refill starts a place again: at once after a worker that was of use, steady,
// or ended in a call, so that calls, whatever they are, keep no others waiting;
// otherwise with its backoff.
func (p *poolPlace) refill(now time.Time, e poolEvent) poolAction {
	if p.phase == placeUp && (e.called || e.served || now.Sub(p.since) >= steadyAfter) {
		p.phase, p.failures = placeStarting, 0
		return poolAction{start: true}
	}
	p.failures++
	return p.wait(now, backoff(p.failures, mostOf(e.wanted), e.jitter))
}

// wait has the place wait for its next start.
func (p *poolPlace) wait(now time.Time, d time.Duration) poolAction {
	if d <= 0 {
		p.phase = placeStarting
		return poolAction{start: true}
	}
	p.phase, p.until = placeWaiting, now.Add(d)
	return poolAction{start: true, after: d}
}

// hurry shortens a wait that was begun when nobody waited for its end.
func (p *poolPlace) hurry(now time.Time, e poolEvent) poolAction {
	if p.phase != placeWaiting || p.until.Sub(now) <= mostWanted {
		return poolAction{}
	}
	return p.wait(now, backoff(p.failures, mostWanted, e.jitter))
}

func mostOf(wanted bool) time.Duration {
	if wanted {
		return mostWanted
	}
	return mostBackoff
}

// backoff is the time before the start that follows n failures, with full
// jitter; most bounds it.
func backoff(n int, most time.Duration, jitter float64) time.Duration {
	d := most
	if shift := n - 1; shift < 16 {
		d = min(most, firstBackoff<<shift)
	}
	return time.Duration(float64(d) * jitter)
}

// poolBudget bounds the failed starts, and the deaths that no call explains,
// that a pool takes. The zero poolBudget has no bound.
type poolBudget struct {
	limited   bool
	intensity int           // allowed
	period    time.Duration // within this
	deaths    []supervise.Death
}

// budgetOf is the budget that a PoolConfig sets, as normal returns it.
func budgetOf(b supervise.Budget) poolBudget {
	switch b.Intensity {
	case 0:
		return poolBudget{}
	case supervise.NoRestarts:
		return poolBudget{limited: true, period: b.Period}
	}
	return poolBudget{limited: true, intensity: b.Intensity, period: b.Period}
}

// budgetUse is how much of a budget is used.
type budgetUse struct {
	limited       bool // there is a budget
	used, allowed int  // within its period
}

// take adds a death to those of the period, and returns the error of a budget
// that is used up.
func (b *poolBudget) take(now time.Time, e poolEvent) (budgetUse, error) {
	if !b.limited {
		return budgetUse{}, nil
	}
	kept := summary(actor.Down{Reason: e.reason}).Reason // a budget may be large
	b.deaths = append(b.deaths, supervise.Death{Child: e.id, At: now, Reason: kept})
	use := b.now(now)
	if use.used <= use.allowed {
		return use, nil
	}
	deaths := slices.Clone(b.deaths)
	deaths[len(deaths)-1].Reason = e.reason
	return use, &supervise.IntensityError{Intensity: b.intensity, Period: b.period, Deaths: deaths}
}

// now forgets what is older than the period, which includes its end, as OTP's
// does, and returns what is used.
func (b *poolBudget) now(now time.Time) budgetUse {
	if !b.limited {
		return budgetUse{}
	}
	old := now.Add(-b.period)
	b.deaths = slices.DeleteFunc(b.deaths, func(d supervise.Death) bool { return d.At.Before(old) })
	return budgetUse{limited: true, used: len(b.deaths), allowed: b.intensity}
}
