package supervise

import (
	"slices"
	"time"
)

// budget counts the restarts of one supervisor's incarnation, all children
// together (OTP: supervisor.erl, add_restart/1).
type budget struct {
	intensity int           // allowed restarts, 0: none
	period    time.Duration // the window they are counted in
	deaths    []Death       // within the window, oldest first
}

// use takes a restart from the budget. It returns what used the budget up
// when none was left: the limit itself is allowed, one more is not.
func (b *budget) use(d Death) *IntensityError {
	oldest := d.At.Add(-b.period)
	b.deaths = slices.DeleteFunc(b.deaths, func(old Death) bool { return old.At.Before(oldest) })
	b.deaths = append(b.deaths, d)
	if len(b.deaths) <= b.intensity {
		return nil
	}
	return &IntensityError{Intensity: b.intensity, Period: b.period, Deaths: slices.Clone(b.deaths)}
}
