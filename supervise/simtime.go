package supervise

import (
	"slices"
	"time"
)

// simTimer is something that is due.
type simTimer struct {
	at   time.Time
	sup  *simSupervisor
	ev   event
	live func() bool // it is still wanted
}

// simTimers are in the order of their times, those of one time in that of
// their making.
type simTimers []simTimer

func (q *simTimers) add(t simTimer) {
	i, _ := slices.BinarySearchFunc(*q, t, func(a, b simTimer) int {
		if a.at.After(b.at) {
			return 1
		}
		return -1
	})
	*q = slices.Insert(*q, i, t)
}

// next returns the first one that is wanted, and drops those before.
func (q *simTimers) next() (simTimer, bool) {
	for len(*q) > 0 && !(*q)[0].live() {
		*q = (*q)[1:]
	}
	if len(*q) == 0 {
		return simTimer{}, false
	}
	return (*q)[0], true
}

// fire moves the clock to the first timer and delivers it.
func (s *Simulator) fire(q *simTimers) {
	t := (*q)[0]
	*q = (*q)[1:]
	if t.at.After(s.now) {
		s.now = t.at
	}
	t.sup.deliver(t.ev)
}

// expire is called when nothing else is pending: the next deadline of a stop
// comes, or a delay that is over before. False: no stop is under way.
func (s *Simulator) expire() bool {
	limit, ok := s.limits.next()
	if !ok {
		return false
	}
	if !s.elapse(limit.at) {
		s.fire(&s.limits)
	}
	return true
}

// elapse delivers the next delay that is over by that time; false: there is
// none.
func (s *Simulator) elapse(until time.Time) bool {
	delay, ok := s.delays.next()
	if !ok || delay.at.After(until) {
		return false
	}
	s.fire(&s.delays)
	return true
}

// Advance lets time pass.
func (s *Simulator) Advance(d time.Duration) error {
	if d < 0 {
		return s.misuse("Advance", "", "time does not go back", "give a positive duration")
	}
	if err := s.begin("Advance"); err != nil {
		return err
	}
	until := s.now.Add(d)
	for n := 0; s.elapse(until); n++ {
		if err := s.settle(); err != nil {
			return err
		}
		if s.now.After(until) {
			until = s.now // a stop took longer
		}
		if n == s.options.MaxEvents {
			s.broken = s.misuse("Advance", "", "too many delays end in that time", "advance by less")
			return s.broken
		}
	}
	s.now = until
	return nil
}
