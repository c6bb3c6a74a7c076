package procactor

import (
	"slices"
	"time"

	"github.com/proctor-dev/proctor/supervise"
)

// The pool's way of restarting, which is not OTP's: a pool is there to serve,
// so it waits longer and longer before it gives up.
const (
	firstBackoff = 100 * time.Millisecond
	mostBackoff  = 30 * time.Second
	healthyAfter = 5 * time.Second // after that long in service, earlier deaths do not delay the next start
	steadyAfter  = time.Second     // after that long in service, an end that does not count delays nothing
)

// poolMachine decides what becomes of a pool's places. It is pure: events and
// the time go in, actions come out.
type poolMachine struct {
	intensity int           // counted deaths allowed
	period    time.Duration // within this
	places    []poolPlace
	deaths    []supervise.Death // counted, within the period
}

// poolPlace is one place of the pool.
type poolPlace struct {
	phase    placePhase
	failures int       // ends in a row that delay the next start
	since    time.Time // in service since
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
	jitter float64 // in [0,1): chosen by the shell, since the machine has no chance
}

type poolEventKind uint8

const (
	placeStarted   poolEventKind = iota // its worker is ready
	placeDied                           // its worker died, and that counts
	placeFailed                         // its worker could not be started, and that counts
	placeReplaced                       // its worker ended by our doing, which does not count
	placeHopeless                       // its worker cannot be started, ever
	placeWaitEnded                      // its backoff is over
)

// poolAction is what is to be done.
type poolAction struct {
	start  bool          // start the place's worker
	after  time.Duration // after that long
	giveUp error         // end the pool, for that reason
}

// step takes an event into account and returns what follows.
func (m *poolMachine) step(now time.Time, e poolEvent) poolAction {
	p := &m.places[e.place]
	switch e.kind {
	case placeStarted:
		p.phase, p.since = placeUp, now
	case placeReplaced:
		if p.phase == placeUp && now.Sub(p.since) >= steadyAfter {
			p.phase = placeStarting
			return poolAction{start: true}
		}
		return p.again(now, e)
	case placeWaitEnded:
		if p.phase == placeWaiting {
			p.phase = placeStarting
			return poolAction{start: true}
		}
	case placeHopeless:
		p.phase = placeDown
		if err := m.count(now, e); err != nil {
			return poolAction{giveUp: err}
		}
		if !slices.ContainsFunc(m.places, func(o poolPlace) bool { return o.phase != placeDown }) {
			return poolAction{giveUp: e.reason}
		}
	case placeDied, placeFailed:
		if err := m.count(now, e); err != nil {
			return poolAction{giveUp: err}
		}
		return p.again(now, e)
	}
	return poolAction{}
}

// again starts a place again: at once, or with its backoff. A worker that was
// of use ends a row of failures: a pool that is sent one poison request after
// the other answers the good ones between them.
func (p *poolPlace) again(now time.Time, e poolEvent) poolAction {
	if p.phase == placeUp && (e.served || now.Sub(p.since) >= healthyAfter) {
		p.failures = 0
	}
	p.failures++
	if p.failures == 1 {
		p.phase = placeStarting
		return poolAction{start: true}
	}
	p.phase = placeWaiting
	return poolAction{start: true, after: backoff(p.failures-1, e.jitter)}
}

// count adds a death to those of the period, and returns the error of a budget
// that is used up; the period includes its end, as OTP's does.
func (m *poolMachine) count(now time.Time, e poolEvent) error {
	m.deaths = append(m.deaths, supervise.Death{Child: e.id, At: now, Reason: e.reason})
	old := now.Add(-m.period)
	m.deaths = slices.DeleteFunc(m.deaths, func(d supervise.Death) bool { return d.At.Before(old) })
	if len(m.deaths) > m.intensity {
		return &supervise.IntensityError{Intensity: m.intensity, Period: m.period, Deaths: slices.Clone(m.deaths)}
	}
	return nil
}

// backoff is the time before the nth restart that is not at once, with full
// jitter.
func backoff(n int, jitter float64) time.Duration {
	d := mostBackoff
	if shift := n - 1; shift < 16 {
		d = min(mostBackoff, firstBackoff<<shift)
	}
	return time.Duration(float64(d) * jitter)
}
