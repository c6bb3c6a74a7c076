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

// use takes a restart from the budget. It returns what used the budget up
// when none was left: the limit itself is allowed, one more is not. The
// window includes its end.
func (u *budget) use(d Death) *IntensityError {
	oldest := d.At.Add(-u.period)
	old := 0
	for old < len(u.deaths) && u.deaths[old].At.Before(oldest) {
		u.deaths[old] = Death{} // its reason may be large
		old++
	}
	u.deaths = append(u.deaths[old:], d)
	if len(u.deaths) <= u.intensity {
		return nil
	}
	return &IntensityError{Intensity: u.intensity, Period: u.period, Deaths: slices.Clone(u.deaths)}
}

// giveBack undoes the last use: it was for a restart that is not done.
func (u *budget) giveBack() { u.deaths = u.deaths[:len(u.deaths)-1] }

// usage tells how far it is used.
func (u *budget) usage() usage {
	return usage{used: len(u.deaths), allowed: u.intensity, period: u.period}
}

// charge takes the restart of c from the budgets: that of the supervisor, or
// the one for want of memory, and its own. It returns the first that has none
// left, which then keeps nothing of it, and neither does the other: where a
// circuit opens, those that go on have what was left to them.
func (m *machine) charge(c *child, d Death, oom bool) (usage, *IntensityError) {
	shared := &m.budget
	if oom && m.oom.limited {
		shared = &m.oom
	}
	if err := shared.use(d); err != nil {
		defer shared.giveBack()
		err.OOM = shared == &m.oom
		return shared.usage(), err
	}
	if c.own.limited {
		if err := c.own.use(d); err != nil {
			defer c.own.giveBack()
			defer shared.giveBack()
			err.Child = c.spec.ID
			return c.own.usage(), err
		}
	}
	return shared.usage(), nil
}
