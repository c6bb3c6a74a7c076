package procactor

import (
	"slices"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

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
