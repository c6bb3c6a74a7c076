package supervise

import (
	"slices"
	"time"
)

// budget counts restarts within a window: those of one supervisor's
// incarnation, all children together (OTP: supervisor.erl, add_restart/1), or
// some of them.
type budget struct {
	limited   bool
	intensity int           // allowed restarts, 0: none
	period    time.Duration // the window they are counted in
	deaths    []Death       // within the window, oldest first
}

// set takes the limits of b, where it has any.
func (u *budget) set(b Budget, period time.Duration) {
	u.limited = b != Budget{}
	u.intensity, u.period = max(b.Intensity, 0), b.Period // NoRestarts is negative
	if u.period == 0 {
		u.period = period
	}
}

// refuses returns what used the budget up when none is left for d: the limit
// itself is allowed, one more is not. The window includes its end; what is older
// is forgotten.
func (u *budget) refuses(d Death) *IntensityError {
	oldest := d.At.Add(-u.period)
	old := 0
	for old < len(u.deaths) && u.deaths[old].At.Before(oldest) {
		u.deaths[old] = Death{} // its reason may be large
		old++
	}
	u.deaths = u.deaths[old:]
	if len(u.deaths) < u.intensity {
		return nil
	}
	return &IntensityError{Intensity: u.intensity, Period: u.period, Deaths: append(slices.Clone(u.deaths), d)}
}

// full reports whether refuses would refuse then: the last so many, of which the
// first is the oldest, are all within the window.
func (u *budget) full(at time.Time) bool {
	if u.intensity == 0 {
		return true
	}
	first := len(u.deaths) - u.intensity
	return first >= 0 && !u.deaths[first].At.Before(at.Add(-u.period))
}

// add takes a restart from the budget.
func (u *budget) add(d Death) { u.deaths = append(u.deaths, d) }

// usage tells how far it is used.
func (u *budget) usage() usage {
	return usage{used: len(u.deaths), allowed: u.intensity, period: u.period}
}

// spent reports whether charge would find no budget left for a restart of c at
// that time, if nothing else is taken until then.
func (m *machine) spent(c *child, oom bool, at time.Time) bool {
	shared := &m.budget
	if oom && m.oom.limited {
		shared = &m.oom
	}
	return shared.full(at) || c.own.limited && c.own.full(at)
}

// charge takes the restart of c from the budgets: that of the supervisor, or
// the one for want of memory, and its own. It returns the first that has none
// left; then nothing is taken from either: where a circuit opens, those that go
// on have what was left to them.
func (m *machine) charge(c *child, d Death, oom bool) (usage, *IntensityError) {
	shared := &m.budget
	if oom && m.oom.limited {
		shared = &m.oom
	}
	if err := shared.refuses(d); err != nil {
		err.OOM = shared == &m.oom
		return usage{len(err.Deaths), err.Intensity, err.Period}, err
	}
	if c.own.limited {
		if err := c.own.refuses(d); err != nil {
			err.Child = c.spec.ID
			return usage{len(err.Deaths), err.Intensity, err.Period}, err
		}
		c.own.add(d)
	}
	shared.add(d)
	return shared.usage(), nil
}
