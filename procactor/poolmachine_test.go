package procactor

import (
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
	start   bool
	wait    time.Duration // at most, before the jitter
	giveUp  bool
	comment string
}

func TestPoolMachine(t *testing.T) {
	const second = time.Second
	tests := map[string]struct {
		intensity int
		places    int
		steps     []machineStep
	}{
		"first death: again at once; then later and later": {intensity: 100, places: 1, steps: []machineStep{
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true},
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true, wait: 100 * time.Millisecond},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true, wait: 200 * time.Millisecond},
			{kind: placeWaitEnded, start: true},
			{after: second, kind: placeFailed, start: true, wait: 400 * time.Millisecond, comment: "a failed start counts too"},
		}},
		"some seconds of service are health": {intensity: 100, places: 1, steps: []machineStep{
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true},
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true, wait: 100 * time.Millisecond},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{after: 5 * second, kind: placeDied, start: true, comment: "at once, like the first"},
		}},
		"an answer is, too": {intensity: 100, places: 1, steps: []machineStep{
			{kind: placeDied, start: true},
			{kind: placeDied, start: true, wait: 100 * time.Millisecond},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{kind: placeDied, served: true, start: true, comment: "at once, like the first"},
			{kind: placeStarted},
			{kind: placeDied, start: true, wait: 100 * time.Millisecond},
		}},
		"a minute of waiting is not": {intensity: 100, places: 1, steps: []machineStep{
			{kind: placeStarted},
			{after: second, kind: placeDied, start: true},
			{after: 90 * second, kind: placeDied, start: true, wait: 100 * time.Millisecond},
		}},
		"our own doing does not count": {intensity: 0, places: 1, steps: []machineStep{
			{kind: placeStarted},
			{after: second, kind: placeReplaced, start: true},
			{kind: placeStarted},
			{after: second, kind: placeReplaced, start: true},
			{kind: placeStarted},
			{kind: placeDied, giveUp: true},
		}},
		"our own doing waits if it is quick": {intensity: 0, places: 1, steps: []machineStep{
			{kind: placeStarted},
			{kind: placeReplaced, start: true},
			{kind: placeStarted},
			{after: second - 1, kind: placeReplaced, start: true, wait: 100 * time.Millisecond},
			{kind: placeWaitEnded, start: true},
			{kind: placeStarted},
			{after: second, kind: placeReplaced, start: true},
			{kind: placeStarted},
			{kind: placeReplaced, start: true, wait: 200 * time.Millisecond, comment: "a second is no health"},
		}},
		"the limit itself is allowed, one more is not": {intensity: 2, places: 2, steps: []machineStep{
			{kind: placeDied, place: 0, start: true},
			{kind: placeDied, place: 1, start: true},
			{kind: placeDied, place: 1, giveUp: true},
		}},
		"deaths that are a period ago count, older ones do not": {intensity: 1, places: 1, steps: []machineStep{
			{kind: placeDied, start: true},
			{after: 60*second + 1, kind: placeDied, start: true, wait: 100 * time.Millisecond},
			{after: 60 * second, kind: placeDied, giveUp: true},
		}},
		"a place that cannot be filled stays empty; the last one ends the pool": {intensity: 10, places: 2, steps: []machineStep{
			{kind: placeStarted, place: 0},
			{kind: placeStarted, place: 1},
			{kind: placeHopeless, place: 0},
			{kind: placeDied, place: 1, start: true},
			{kind: placeHopeless, place: 1, giveUp: true},
		}},
		"hopeless places use up the budget too": {intensity: 1, places: 3, steps: []machineStep{
			{kind: placeHopeless, place: 0},
			{kind: placeHopeless, place: 1, giveUp: true},
		}},
		"a wait that is over is of no matter later": {intensity: 10, places: 1, steps: []machineStep{
			{kind: placeStarted},
			{kind: placeWaitEnded},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := poolMachine{intensity: test.intensity, period: time.Minute, places: make([]poolPlace, test.places)}
			now := epoch
			for i, s := range test.steps {
				now = now.Add(s.after)
				a := m.step(now, poolEvent{kind: s.kind, place: s.place, id: fmt.Sprint("pool#", s.place), reason: errTest, served: s.served, jitter: 1})
				at := fmt.Sprintf("step %d %s", i, s.comment)
				assert.Equal(t, s.giveUp, a.giveUp != nil, at)
				assert.Equal(t, s.start, a.start, at)
				assert.Equal(t, s.wait, a.after, at)
			}
		})
	}
}

func TestPoolMachineSaysWhyItGaveUp(t *testing.T) {
	m := poolMachine{intensity: 1, period: time.Minute, places: make([]poolPlace, 2)}
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

// shell is what a pool's shell does with the machine's actions, in a made time.
type shell struct {
	machine  poolMachine
	now      time.Time
	starting []bool
	up       []bool
	wakes    []time.Time // zero: no backoff under way
	deaths   []time.Time
	gaveUp   bool
}

func (s *shell) step(t *rapid.T, kind poolEventKind, place int) {
	wasUp := s.up[place]
	s.starting[place], s.up[place] = false, kind == placeStarted
	served := wasUp && rapid.Bool().Draw(t, "served")
	before := s.machine.places[place]
	a := s.machine.step(s.now, poolEvent{kind: kind, place: place, reason: errTest, served: served, jitter: rapid.Float64Range(0, 0.999).Draw(t, "jitter")})
	if a.giveUp != nil {
		s.gaveUp = true
		return
	}
	if !a.start {
		return
	}
	if s.starting[place] || s.up[place] || !s.wakes[place].IsZero() {
		t.Fatalf("place %d is to be started, but %+v", place, s)
	}
	if a.after < 0 || a.after > mostBackoff {
		t.Fatalf("a backoff of %v", a.after)
	}
	if served && a.after > 0 {
		t.Fatalf("a worker that was of use is replaced after %v", a.after)
	}
	if lasted := s.now.Sub(before.since); wasUp && a.after > 0 && (lasted >= 5*time.Second || kind == placeReplaced && lasted >= time.Second) {
		t.Fatalf("after %v in service a worker is replaced after %v", lasted, a.after)
	}
	if a.after > 0 {
		s.wakes[place] = s.now.Add(a.after)
		return
	}
	s.starting[place] = true
}

// die is the end of a worker or of a start that counts.
func (s *shell) die(t *rapid.T, kind poolEventKind, place int) {
	if kind != placeReplaced {
		s.deaths = append(s.deaths, s.now)
	}
	s.step(t, kind, place)
}

// Whatever happens, a pool takes as many deaths in its period as it is allowed
// and no more, never starts a place twice, and never forgets one.
func TestPoolMachineAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 4).Draw(t, "size")
		intensity := rapid.IntRange(0, 6).Draw(t, "intensity")
		s := &shell{
			machine: poolMachine{intensity: intensity, period: time.Minute, places: make([]poolPlace, size)},
			now:     epoch, starting: make([]bool, size), up: make([]bool, size), wakes: make([]time.Time, size),
		}
		for place := range size {
			s.step(t, placeStarted, place)
		}
		hopeless := 0
		down := make([]bool, size)
		for !s.gaveUp && rapid.IntRange(0, 60).Draw(t, "more") > 0 {
			s.now = s.now.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "ms")) * time.Millisecond)
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
				case 0:
					s.die(t, placeFailed, place)
				case 1:
					down[place] = true
					hopeless++
					s.die(t, placeHopeless, place)
				default:
					s.step(t, placeStarted, place)
				}
			case s.up[place]:
				s.die(t, rapid.SampledFrom([]poolEventKind{placeDied, placeReplaced}).Draw(t, "end"), place)
			default:
				t.Fatalf("place %d is neither up nor on its way", place)
			}
			recent := slices.DeleteFunc(slices.Clone(s.deaths), func(at time.Time) bool { return at.Before(s.now.Add(-time.Minute)) })
			over := len(recent) > intensity || hopeless == size
			if over != s.gaveUp {
				t.Fatalf("%d deaths in the last minute, %d allowed, %d of %d places without hope: gave up: %v", len(recent), intensity, hopeless, size, s.gaveUp)
			}
		}
	})
}

func TestBackoffIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1<<30).Draw(t, "n")
		jitter := rapid.Float64Range(0, 0.999999).Draw(t, "jitter")
		d := backoff(n, jitter)
		if d < 0 || d >= mostBackoff {
			t.Fatalf("backoff(%d, %v) is %v", n, jitter, d)
		}
		if full := backoff(n, 1); full < firstBackoff || full > mostBackoff || backoff(n+1, 1) < full {
			t.Fatalf("the %dth full backoff is %v", n, full)
		}
	})
}

func TestWhatIsHopeless(t *testing.T) {
	tests := map[string]struct {
		err  error
		want bool
	}{
		"another version":    {&HandshakeError{Err: &wire.VersionError{}}, true},
		"no Main":            {ErrNoMain, true},
		"too deep":           {ErrTooDeep, true},
		"it could not serve": {&ExitError{Code: exitNotServed}, true},
		"set-up":             {&SetupError{Message: "the database is down"}, false},
		"it hung up":         {&HandshakeError{Err: errHungUp}, false},
		"it crashed":         {&ExitError{Code: 2}, false},
		"it was slow":        {ErrStartTimeout, false},
		"it is not there":    {fs.ErrNotExist, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, hopeless(&actor.StartError{Name: "pool#1", Err: test.err}))
		})
	}
}
