package procactor

import "time"

const (
	tallyMost   = 10
	tallyPeriod = time.Second
)

// tally lets no more than so many through within any second, and sums the others
// up: a flood of deaths is no flood of records. It is pure: whoever asks has the
// clock.
type tally struct {
	passed [tallyMost]time.Time // the last that went through; a ring
	next   int                  // the oldest of them
	rest   int                  // that did not go through, and that nobody was told of
	since  time.Time            // the first of them
	last   error                // why the last of them was
}

// pass reports whether one goes through, and counts it if it does not.
func (t *tally) pass(now time.Time, reason error) bool {
	if oldest := t.passed[t.next]; oldest.IsZero() || now.Sub(oldest) >= tallyPeriod {
		t.passed[t.next] = now
		t.next = (t.next + 1) % tallyMost
		return true
	}
	if t.rest == 0 {
		t.since = now
	}
	t.rest++
	t.last = reason
	return false
}

// due is when the sum is to be told; zero when there is none.
func (t *tally) due() time.Time {
	if t.rest == 0 {
		return time.Time{}
	}
	return t.since.Add(tallyPeriod)
}

// sum takes the sum out when it is due, or at the end in any case.
func (t *tally) sum(now time.Time, end bool) (count int, last error) {
	if t.rest == 0 || !end && now.Before(t.due()) {
		return 0, nil
	}
	count, last = t.rest, t.last
	t.rest, t.last = 0, nil
	return count, last
}
