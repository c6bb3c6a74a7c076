package supervise

import "time"

// Defaults of a Backoff.
const (
	DefaultBackoffFactor = 2.0
	DefaultBackoffMax    = 30 * time.Second
	DefaultBackoffReset  = time.Minute
)

// Backoff delays restarts (not in OTP). The first restart of a child is at
// once. The ones that follow, as long as the child was not healthy between
// them, wait: for Initial, then for Factor times as long as before, and never
// longer than Max. Of that time a random part is waited for, between nothing
// and all of it ("full jitter"), so that those who failed together do not come
// back together. A restart takes from the budget when it is decided, before
// its wait.
//
// While a child waits it is in state [Restarting]: its group is down with it,
// requests to it wait, and TerminateChild or a stop of the supervisor end the
// wait at once. A group restart because of a sibling starts it without waiting
// further. The zero Backoff never waits.
type Backoff struct {
	Initial time.Duration // the first delay; zero: no backoff
	Max     time.Duration // the longest; zero: [DefaultBackoffMax]
	Factor  float64       // from delay to delay, at least 1; zero: [DefaultBackoffFactor]
	Reset   time.Duration // a child that ran that long was healthy; zero: [DefaultBackoffReset]
	Exact   bool          // no jitter
}

// or returns b, or other when b is not set.
func (b Backoff) or(other Backoff) Backoff {
	if b.Initial == 0 {
		return other
	}
	return b
}

// delay is the wait before the nth restart in a row, n from 1. chance gives a
// number in [0,1).
func (b Backoff) delay(n int, chance func() float64) time.Duration {
	if b.Initial == 0 || n <= 1 {
		return 0
	}
	most, factor := b.Max, b.Factor
	if most == 0 {
		most = max(DefaultBackoffMax, b.Initial)
	}
	if factor == 0 {
		factor = DefaultBackoffFactor
	}
	d := float64(b.Initial)
	for i := 2; i < n && d < float64(most) && factor > 1; i++ {
		d *= factor
	}
	part := 1.0
	if !b.Exact {
		part = chance()
	}
	if d = min(d, float64(most)) * part; d < float64(most) {
		return time.Duration(d)
	}
	return most // the largest durations are not exact as a float64
}

// healthy reports whether a child that ran that long makes the next restart
// the first one.
func (b Backoff) healthy(ran time.Duration) bool {
	reset := b.Reset
	if reset == 0 {
		reset = DefaultBackoffReset
	}
	return ran >= reset
}

// check returns the first mistake: the field, what is wrong and the hint.
func (b Backoff) check() (field, problem, hint string) {
	switch {
	case b.Initial < 0:
		return "Backoff.Initial", "is negative", "use 0 for no backoff, or a positive duration"
	case b.Initial == 0 && b != Backoff{}:
		return "Backoff.Initial", "is not set, but other fields are", "set the first delay, or none of the fields"
	case b.Max < 0:
		return "Backoff.Max", "is negative", "use 0 for the default, or a positive duration"
	case b.Max != 0 && b.Max < b.Initial:
		return "Backoff.Max", "is less than Initial", "make it at least as long"
	case b.Factor != 0 && !(b.Factor >= 1 && b.Factor <= 1000): // not NaN
		return "Backoff.Factor", "is not between 1 and 1000", "use 0 for the default, 1 for equal delays, or more"
	case b.Reset < 0:
		return "Backoff.Reset", "is negative", "use 0 for the default, or a positive duration"
	}
	return "", "", ""
}
