package procactor

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	errTest = errors.New("test")
	epoch   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

// machineStep is an event after a time, and what is expected of it.
type machineStep struct {
	after   time.Duration
	kind    poolEventKind
	place   int
	served  bool
	called  bool
	wanted  bool
	start   bool
	wait    time.Duration // at most, before the jitter
	used    int           // of the budget
	giveUp  bool
	comment string
}

func TestPoolMachine(t *testing.T) {
	const ms, second = time.Millisecond, time.Second
	none := poolBudget{}
	budget := func(intensity int) poolBudget {
		return poolBudget{limited: true, intensity: intensity, period: time.Minute}
	}
	tests := map[string]struct {
		budget poolBudget
		places int
		steps  []machineStep
	}{
		"starts that fail are tried later and later": {none, 1, []machineStep{
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true},
			{kind: placeFailed, start: true, wait: 100 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeFailed, start: true, wait: 200 * ms},
			{kind: placeWaitEnded, start: true},
			{after: time.Hour, kind: placeFailed, start: true, wait: 400 * ms, comment: "however long they took"},
		}},
		"so are workers that die as soon as they are ready": {none, 1, []machineStep{
			{kind: placeStarted},
			{after: second - 1, kind: placeDied, start: true, wait: 100 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{kind: placeDied, start: true, wait: 200 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeFailed, start: true, wait: 400 * ms, comment: "they are one row"},
		}},
		"a second of service ends the row": {none, 1, []machineStep{
			{kind: placeFailed, start: true, wait: 100 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true},
			{kind: placeFailed, start: true, wait: 100 * ms},
		}},
		"an answer does": {none, 1, []machineStep{
			{kind: placeFailed, start: true, wait: 100 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{kind: placeDied, served: true, start: true},
			{kind: placeFailed, start: true, wait: 100 * ms},
		}},
		"a death in a call does, and so every time": {none, 1, []machineStep{
			{kind: placeFailed, start: true, wait: 100 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{kind: placeDied, called: true, start: true},
			{kind: placeStarted},
			{kind: placeDied, called: true, start: true},
			{kind: placeStarted},
			{kind: placeReplaced, called: true, start: true, comment: "be it by our order"},
			{kind: placeFailed, start: true, wait: 100 * ms},
		}},
		"calls that wait do so for a second at most": {none, 1, []machineStep{
			{kind: placeFailed, start: true, wait: 100 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeFailed, start: true, wait: 200 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeFailed, start: true, wait: 400 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeFailed, start: true, wait: 800 * ms},
			{kind: placeWaitEnded, start: true},
			{kind: placeFailed, wanted: true, start: true, wait: second},
			{kind: placeWaitEnded, start: true},
			{kind: placeFailed, start: true, wait: 3200 * ms, comment: "nobody waits any more"},
			{after: 100 * ms, kind: placeWanted, start: true, wait: second, comment: "a wait that is under way is shortened"},
			{after: second - 1, kind: placeWanted, comment: "once"},
			{after: 1, kind: placeWaitEnded, start: true},
			{kind: placeWanted, comment: "and only a wait"},
		}},
		"a wait that is nearly over is let be": {none, 1, []machineStep{
			{kind: placeFailed, start: true, wait: 100 * ms},
			{kind: placeWanted},
			{after: 100 * ms, kind: placeWaitEnded, start: true},
		}},
		"without a budget nothing is counted": {none, 1, slices.Repeat([]machineStep{
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true},
			{kind: placeStarted},
			{kind: placeDied, called: true, start: true},
		}, 1000)},
		"an order does not count": {budget(0), 1, []machineStep{
			{kind: placeStarted},
			{after: second, kind: placeReplaced, start: true},
			{kind: placeStarted},
			{after: second - 1, kind: placeReplaced, start: true, wait: 100 * ms, comment: "but may be quick"},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{after: second, kind: placeDied, used: 1, giveUp: true},
		}},
		"a death in a call does not count": {budget(1), 1, []machineStep{
			{kind: placeStarted},
			{kind: placeDied, called: true, start: true},
			{kind: placeFailed, start: true, wait: 100 * ms, used: 1},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{kind: placeDied, called: true, start: true, used: 1},
			{kind: placeStarted},
			{after: second, kind: placeDied, served: true, used: 2, giveUp: true, comment: "an answer does not explain a death"},
		}},
		"the limit itself is allowed, one more is not": {budget(2), 2, []machineStep{
			{kind: placeFailed, place: 0, start: true, wait: 100 * ms, used: 1},
			{kind: placeFailed, place: 1, start: true, wait: 100 * ms, used: 2},
			{kind: placeWaitEnded, place: 1, start: true},
			{kind: placeFailed, place: 1, used: 3, giveUp: true},
		}},
		"what is a period ago counts, what is older does not": {budget(1), 1, []machineStep{
			{kind: placeFailed, start: true, wait: 100 * ms, used: 1},
			{after: 60*second + 1, kind: placeFailed, start: true, wait: 200 * ms, used: 1},
			{after: 60 * second, kind: placeFailed, used: 2, giveUp: true},
		}},
		"a place that cannot be filled stays empty; the last one ends the pool": {none, 2, []machineStep{
			{kind: placeStarted, place: 0},
			{kind: placeStarted, place: 1},
			{kind: placeHopeless, place: 0},
			{kind: placeDied, called: true, place: 1, start: true},
			{kind: placeHopeless, place: 1, giveUp: true},
		}},
		"hopeless places use up the budget too": {budget(1), 3, []machineStep{
			{kind: placeHopeless, place: 0, used: 1},
			{kind: placeHopeless, place: 1, used: 2, giveUp: true},
		}},
		"a system that is being closed says nothing about a pool": {budget(0), 1, []machineStep{
			{kind: placeStarted},
			{kind: placeDied, called: true, start: true},
			{kind: placeClosed},
			{kind: placeWanted},
		}},
		"a wait that is over is of no matter later": {none, 1, []machineStep{
			{kind: placeStarted},
			{kind: placeWaitEnded},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := poolMachine{budget: test.budget, places: make([]poolPlace, test.places)}
			now := epoch
			for i, s := range test.steps {
				now = now.Add(s.after)
				a := m.step(now, poolEvent{
					kind: s.kind, place: s.place, id: fmt.Sprint("pool#", s.place), reason: errTest,
					served: s.served, called: s.called, wanted: s.wanted, jitter: 1,
				})
				at := fmt.Sprintf("step %d %s", i, s.comment)
				require.Equal(t, s.giveUp, a.giveUp != nil, at)
				require.Equal(t, s.start, a.start, at)
				require.Equal(t, s.wait, a.after, at)
				if !test.budget.limited {
					require.Zero(t, a.budget, at)
					require.Empty(t, m.budget.deaths, at)
					continue
				}
				require.Equal(t, s.used, a.budget.used, at)
				if s.used > 0 {
					require.Equal(t, budgetUse{true, s.used, test.budget.intensity}, a.budget, at)
				}
			}
		})
	}
}

func TestPoolMachineSaysWhyItGaveUp(t *testing.T) {
	m := poolMachine{budget: poolBudget{limited: true, intensity: 1, period: time.Minute}, places: make([]poolPlace, 2)}
	m.step(epoch, poolEvent{kind: placeDied, place: 1, id: "pool#2", reason: errTest})
	a := m.step(epoch.Add(time.Second), poolEvent{kind: placeDied, place: 0, id: "pool#1", reason: errTest})
	var intensity *supervise.IntensityError
	require.ErrorAs(t, a.giveUp, &intensity)
	assert.Equal(t, 1, intensity.Intensity)
	assert.Equal(t, time.Minute, intensity.Period)
	assert.Equal(t, []supervise.Death{
		{Child: "pool#2", At: epoch, Reason: errTest},
		{Child: "pool#1", At: epoch.Add(time.Second), Reason: errTest},
	}, intensity.Deaths)
}

// A budget may be large, and its period long.
func TestBudgetKeepsSummaries(t *testing.T) {
	b := poolBudget{limited: true, intensity: 1, period: time.Minute}
	whole := func(pid int) *ExitError {
		return &ExitError{PID: pid, Code: 2, Stderr: bytes.Repeat([]byte("x"), 64<<10)}
	}
	_, err := b.take(epoch, poolEvent{id: "pool#1", reason: whole(1)})
	require.NoError(t, err)
	assert.Less(t, cap(b.deaths[0].Reason.(*ExitError).Stderr), 1<<10) //nolint:errorlint,forcetypeassert // it is not wrapped
	_, err = b.take(epoch, poolEvent{id: "pool#1", reason: whole(2)})
	var gaveUp *supervise.IntensityError
	require.ErrorAs(t, err, &gaveUp)
	assert.Equal(t, whole(2), gaveUp.Deaths[1].Reason, "the one that ends the pool is told whole")
}

// shell is what a pool's shell does with the machine's actions, in a made time.
type shell struct {
	machine  poolMachine
	now      time.Time
	wanted   bool // calls wait
	starting []bool
	up       []bool
	wakes    []time.Time // zero: no backoff under way
	deaths   []time.Time // that count
	gaveUp   bool
}

func (s *shell) step(t *rapid.T, kind poolEventKind, place int) {
	wasUp := s.up[place]
	if kind != placeWanted {
		s.starting[place], s.up[place] = false, kind == placeStarted
	}
	e := poolEvent{
		kind: kind, place: place, reason: errTest, wanted: s.wanted, jitter: rapid.Float64Range(0, 0.999).Draw(t, "jitter"),
		served: wasUp && rapid.Bool().Draw(t, "served"), called: wasUp && rapid.Bool().Draw(t, "called"),
	}
	if (kind == placeDied || kind == placeFailed || kind == placeHopeless) && !e.called {
		s.deaths = append(s.deaths, s.now)
	}
	before := s.machine.places[place]
	a := s.machine.step(s.now, e)
	if a.giveUp != nil {
		s.gaveUp = true
		return
	}
	if !a.start {
		return
	}
	if s.starting[place] || s.up[place] || kind != placeWanted && !s.wakes[place].IsZero() {
		t.Fatalf("place %d is to be started, but %+v", place, s)
	}
	if a.after < 0 || a.after > mostBackoff || s.wanted && a.after > mostWanted {
		t.Fatalf("a backoff of %v, calls wait: %v", a.after, s.wanted)
	}
	if (e.served || e.called) && a.after > 0 {
		t.Fatalf("a worker that had calls is replaced after %v", a.after)
	}
	if lasted := s.now.Sub(before.since); wasUp && a.after > 0 && lasted >= time.Second {
		t.Fatalf("after %v in service a worker is replaced after %v", lasted, a.after)
	}
	s.wakes[place] = time.Time{}
	if a.after > 0 {
		s.wakes[place] = s.now.Add(a.after)
		return
	}
	s.starting[place] = true
}

// want has calls begin to wait, or none wait any more.
func (s *shell) want(t *rapid.T, wanted bool) {
	s.wanted = wanted
	if !wanted {
		return
	}
	for place := range s.up {
		s.step(t, placeWanted, place)
		if wake := s.wakes[place]; wake.Sub(s.now) > mostWanted {
			t.Fatalf("calls wait, and place %d does for %v", place, wake.Sub(s.now))
		}
	}
}

// Whatever happens, a pool takes as many failures in its period as it is
// allowed and no more, never starts a place twice, never forgets one, and lets
// no call wait for longer than a second for a start.
func TestPoolMachineAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 4).Draw(t, "size")
		budget := poolBudget{limited: rapid.Bool().Draw(t, "limited"), intensity: rapid.IntRange(0, 6).Draw(t, "intensity"), period: time.Minute}
		s := &shell{
			machine: poolMachine{budget: budget, places: make([]poolPlace, size)},
			now:     epoch, starting: make([]bool, size), up: make([]bool, size), wakes: make([]time.Time, size),
		}
		for place := range size {
			s.step(t, placeStarted, place)
		}
		hopeless := 0
		down := make([]bool, size)
		for !s.gaveUp && rapid.IntRange(0, 60).Draw(t, "more") > 0 {
			s.now = s.now.Add(time.Duration(rapid.IntRange(0, 2_000).Draw(t, "ms")) * time.Millisecond)
			if rapid.IntRange(0, 9).Draw(t, "wants") == 0 {
				s.want(t, !s.wanted)
			}
			place := rapid.IntRange(0, size-1).Draw(t, "place")
			switch {
			case down[place]:
			case !s.wakes[place].IsZero():
				if s.now.Before(s.wakes[place]) {
					s.now = s.wakes[place]
				}
				s.wakes[place] = time.Time{}
				s.step(t, placeWaitEnded, place)
				if !s.starting[place] {
					t.Fatalf("place %d was forgotten after its wait", place)
				}
			case s.starting[place]:
				switch rapid.IntRange(0, 9).Draw(t, "start") {
				case 0, 1, 2:
					s.step(t, placeFailed, place)
				case 3:
					down[place] = true
					hopeless++
					s.step(t, placeHopeless, place)
				default:
					s.step(t, placeStarted, place)
				}
			case s.up[place]:
				s.step(t, rapid.SampledFrom([]poolEventKind{placeDied, placeReplaced}).Draw(t, "end"), place)
			default:
				t.Fatalf("place %d is neither up nor on its way", place)
			}
			recent := slices.DeleteFunc(slices.Clone(s.deaths), func(at time.Time) bool { return at.Before(s.now.Add(-time.Minute)) })
			over := budget.limited && len(recent) > budget.intensity || hopeless == size
			if over != s.gaveUp {
				t.Fatalf("%d deaths in the last minute, %+v, %d of %d places without hope: gave up: %v", len(recent), budget, hopeless, size, s.gaveUp)
			}
		}
	})
}

func TestBackoffIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1<<30).Draw(t, "n")
		jitter := rapid.Float64Range(0, 0.999999).Draw(t, "jitter")
		most := rapid.SampledFrom([]time.Duration{mostBackoff, mostWanted}).Draw(t, "most")
		d := backoff(n, most, jitter)
		if d < 0 || d >= most {
			t.Fatalf("backoff(%d, %v) is %v", n, jitter, d)
		}
		if full := backoff(n, most, 1); full < firstBackoff || full > most || backoff(n+1, most, 1) < full {
			t.Fatalf("the %dth full backoff is %v", n, full)
		}
	})
}

func TestWhatIsHopeless(t *testing.T) {
	tests := map[string]struct {
		err  error
		want bool
	}{
		"another version": {&HandshakeError{Err: &wire.VersionError{}}, true},
		"no Main":         {ErrNoMain, true},
		"too deep":        {ErrTooDeep, true},
		"set-up":          {&SetupError{Message: "the database is down"}, false},
		"it hung up":      {&HandshakeError{Err: errHungUp}, false},
		"it crashed":      {&ExitError{Code: 2}, false},
		"it was slow":     {ErrStartTimeout, false},
		"it is not there": {fs.ErrNotExist, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, hopeless(&actor.StartError{Name: "pool#1", Err: test.err}))
		})
	}
}
