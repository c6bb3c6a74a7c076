package procactor

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// quarantineStep is something that happens to a key after a time.
type quarantineStep struct {
	after time.Duration
	what  string // "dies", "hangs", "ends well", "is pardoned"
	key   string // "" is "key"
}

// offenses are deaths of processes as a request is blamed for them.
func offenses(downs ...actor.Down) (all []offense) {
	for _, d := range downs {
		o := offense{down: d}
		if e, ok := d.Reason.(*ExitError); ok { //nolint:errorlint // it is given as it is
			o.process = e.PID
		}
		all = append(all, o)
	}
	return all
}

// do returns the error of a death.
func (s quarantineStep) do(q *quarantine, now time.Time, pid int) error {
	key := s.key
	if key == "" {
		key = "key"
	}
	down := actor.Down{PID: actor.PID{Name: "pool#1", Incarnation: uint64(pid)}, Reason: &ExitError{PID: pid, Code: 2}}
	switch s.what {
	case "dies":
		return q.died(now, "task", key, offenses(down))
	case "hangs":
		q.hung(now, "task", key, down)
	case "ends well":
		q.ended(now, "task", key)
	case "is pardoned":
		q.pardon(now, "task", key)
	}
	return nil
}

func TestQuarantine(t *testing.T) {
	const hour = time.Hour
	dies, hangs := quarantineStep{what: "dies"}, quarantineStep{what: "hangs"}
	tests := map[string]struct {
		limits  Quarantine
		steps   []quarantineStep
		after   time.Duration
		refused bool
	}{
		"nothing":                              {Quarantine{}, nil, 0, false},
		"two deaths":                           {Quarantine{}, []quarantineStep{dies, dies}, 0, false},
		"three deaths":                         {Quarantine{}, []quarantineStep{dies, dies, dies}, 0, true},
		"of three keys":                        {Quarantine{}, []quarantineStep{dies, {what: "dies", key: "b"}, {what: "dies", key: "c"}}, 0, false},
		"three within an hour":                 {Quarantine{}, []quarantineStep{dies, {after: hour / 2, what: "dies"}, {after: hour/2 - 1, what: "dies"}}, 0, true},
		"three in more than an hour":           {Quarantine{}, []quarantineStep{dies, {after: hour / 2, what: "dies"}, {after: hour / 2, what: "dies"}}, 0, false},
		"three in a year":                      {Quarantine{}, []quarantineStep{dies, {after: 4000 * hour, what: "dies"}, {after: 4000 * hour, what: "dies"}}, 0, false},
		"just less than an hour later":         {Quarantine{}, []quarantineStep{dies, dies, dies}, hour - 1, true},
		"an hour later":                        {Quarantine{}, []quarantineStep{dies, dies, dies}, hour, false},
		"and then once more":                   {Quarantine{}, []quarantineStep{dies, dies, dies, {after: hour, what: "dies"}}, 0, false},
		"a good end does not wipe out deaths":  {Quarantine{}, []quarantineStep{dies, dies, {what: "ends well"}, dies}, 0, true},
		"a pardon does":                        {Quarantine{}, []quarantineStep{dies, dies, dies, {what: "is pardoned"}}, 0, false},
		"and all of it":                        {Quarantine{}, []quarantineStep{dies, dies, {what: "is pardoned"}, dies, dies}, 0, false},
		"an age of its own":                    {Quarantine{Age: time.Minute}, []quarantineStep{dies, dies, dies}, time.Minute, false},
		"two hangs":                            {Quarantine{}, []quarantineStep{hangs, hangs}, 0, false},
		"three hangs":                          {Quarantine{}, []quarantineStep{hangs, hangs, hangs}, 0, true},
		"hangs and deaths are two numbers":     {Quarantine{}, []quarantineStep{hangs, dies, hangs, dies}, 0, false},
		"a good end wipes out hangs":           {Quarantine{}, []quarantineStep{hangs, hangs, {what: "ends well"}, hangs}, 0, false},
		"one that hangs each time, in an hour": {Quarantine{}, []quarantineStep{hangs, {after: hour / 3, what: "hangs"}, {after: hour / 3, what: "hangs"}}, 0, true},
		"a number of its own":                  {Quarantine{Hangs: 1}, []quarantineStep{hangs}, 0, true},
		"hangs that do not count":              {Quarantine{Hangs: NoHangLimit}, []quarantineStep{hangs, hangs, hangs, hangs}, 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q := quarantine{limits: test.limits}
			now := epoch
			for i, s := range test.steps {
				now = now.Add(s.after)
				_ = s.do(&q, now, i)
			}
			now = now.Add(test.after)
			err := q.refuse(now, "task", "key")
			assert.Equal(t, test.refused, err != nil, "%v", err)
			assert.NoError(t, q.refuse(now, "another task", "key"))
			assert.NoError(t, q.refuse(now, "task", ""))
			for _, s := range q.suspects(now) {
				assert.Equal(t, test.refused, s.Refused && s.Key == "key")
				assert.True(t, s.Until.After(now), "%v", s.Until)
			}
		})
	}
}

func TestIsHang(t *testing.T) {
	own := fmt.Errorf("%w: %w", context.DeadlineExceeded, actor.ErrTimeout)
	tests := map[string]struct {
		err  error
		ran  time.Duration
		want bool
	}{
		"it ran all the time":            {own, time.Minute, true},
		"half of it":                     {own, 30 * time.Second, true},
		"less, since it was in a queue":  {own, 30*time.Second - 1, false},
		"it waited for all of it":        {own, 0, false},
		"the caller's deadline":          {context.DeadlineExceeded, time.Minute, false},
		"the caller's deadline, a cause": {fmt.Errorf("%w: %w", context.DeadlineExceeded, errTest), time.Minute, false},
		"canceled":                       {context.Canceled, time.Minute, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, isHang(test.err, epoch.Add(-test.ran), epoch, time.Minute))
		})
	}
	assert.False(t, isHang(own, epoch.Add(-time.Hour), epoch, 0), "without a timeout")
}

// Whatever happens, a key is refused if three of its deaths, or of its hangs,
// came within the age, and only for as long as that after the last of them.
func TestQuarantineAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := &quarantine{}
		now, until := epoch, time.Time{}
		counted := map[string][]time.Time{}
		for i := range rapid.IntRange(0, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "minutes")) * time.Minute)
			s := quarantineStep{what: rapid.SampledFrom([]string{"dies", "hangs", "ends well", "is pardoned"}).Draw(t, "what")}
			refused := now.Before(until)
			if !until.IsZero() && !refused {
				until, counted = time.Time{}, map[string][]time.Time{}
			}
			_ = s.do(q, now, i)
			switch {
			case s.what == "is pardoned":
				until, counted = time.Time{}, map[string][]time.Time{}
			case s.what == "ends well" && !refused:
				counted["hangs"] = nil
			case !refused && s.what != "ends well":
				counted[s.what] = append(counted[s.what], now)
				recent := 0
				for _, at := range counted[s.what] {
					if now.Sub(at) < poisonAge {
						recent++
					}
				}
				if recent >= 3 {
					until = now.Add(poisonAge)
				}
			}
			if got := q.refuse(now, "task", "key") != nil; got != now.Before(until) {
				t.Fatalf("after %v at %v: refused: %v, want until %v", s, now, got, until)
			}
		}
	})
}

func TestQuarantineTells(t *testing.T) {
	q := &quarantine{}
	down := func(pid int, e *ExitError) actor.Down {
		e.PID = pid
		return actor.Down{PID: actor.PID{Name: "pool#1", Incarnation: uint64(pid)}, Reason: e}
	}
	crash := func() *ExitError { return &ExitError{Code: 2, Stderr: []byte("much\nout of luck\n")} }
	require.NoError(t, q.died(epoch, "task", "key", offenses(down(1, crash()))))
	require.NoError(t, q.died(epoch, "task", "key", offenses(down(2, &ExitError{Code: 7}))))
	last := down(3, crash())
	err := q.died(epoch, "task", "key", offenses(last))
	assert.EqualError(t, err, `the key "key" of task task killed 3 workers: 2 × exited with status 2: stderr ends "out of luck"; worker process 2 exited with status 7`)
	assert.ErrorIs(t, err, actor.ErrRefused)
	var p *PoisonError
	require.ErrorAs(t, err, &p)
	assert.Same(t, last.Reason, p.Deaths[2].Reason, "the call's own death is whole")
	assert.Equal(t, epoch.Add(time.Hour), p.Until)
	later := q.refuse(epoch, "task", "key")
	assert.EqualError(t, later, err.Error(), "and so is told the same")

	for i := range 3 {
		q.hung(epoch, "task", "slow", down(10+i, &ExitError{Code: -1, Killed: true, Why: ErrOverdue}))
	}
	err = q.refuse(epoch, "task", "slow")
	assert.ErrorContains(t, err, `the key "slow" of task task hung 3 workers: 3 × `)
	assert.ErrorIs(t, err, ErrOverdue)
	suspects := q.suspects(epoch.Add(time.Minute))
	require.Len(t, suspects, 2)
	assert.Equal(t, Suspect{Task: "task", Key: "key", Deaths: 3, Refused: true, Until: epoch.Add(time.Hour), Last: summary(last)}, suspects[0])
	assert.Equal(t, 3, suspects[1].Hangs)
}

func TestPoisonErrorTellsEachDeathOnce(t *testing.T) {
	died := func(pid int, text string) actor.Down {
		return actor.Down{Reason: &ExitError{PID: pid, Code: 2, Panic: &actor.PanicError{Value: text}}}
	}
	tests := map[string]struct {
		deaths []actor.Down
		want   string
	}{
		"all alike":     {[]actor.Down{died(7, "boom"), died(8, "boom"), died(9, "boom")}, "3 × exited with status 2: boom"},
		"none alike":    {[]actor.Down{died(7, "a"), died(8, "b"), died(9, "c")}, "worker process 7 exited with status 2: a; worker process 8 exited with status 2: b; worker process 9 exited with status 2: c"},
		"two alike":     {[]actor.Down{died(7, "a"), died(8, "b"), died(9, "a")}, "2 × exited with status 2: a; worker process 8 exited with status 2: b"},
		"no process":    {[]actor.Down{{Reason: errTest}, {Reason: errTest}}, "2 × test"},
		"a command's":   {[]actor.Down{{Reason: &ExitError{PID: 1, Program: "/bin/sh", Code: 3}}, {Reason: &ExitError{PID: 2, Program: "/bin/sh", Code: 3}}}, "2 × exited with status 3"},
		"with its name": {[]actor.Down{{Reason: &ExitError{PID: 1, Program: "/bin/sh", Code: 3}}}, "sh process 1 exited with status 3"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := &PoisonError{Task: "task", Deaths: test.deaths}
			assert.EqualError(t, err, fmt.Sprintf("a request of task task killed %d workers: %s", len(test.deaths), test.want))
		})
	}
}

// A key that was forgotten for others does not give a request more lives.
func TestQuarantineOfAForgottenKey(t *testing.T) {
	var q quarantine
	deaths := make([]offense, fatalDeaths)
	require.NoError(t, q.died(epoch, "task", "key", deaths[:1]))
	require.NoError(t, q.died(epoch, "task", "key", deaths[:2]))
	for i := range maxKeys {
		require.NoError(t, q.died(epoch.Add(time.Duration(i+1)), "task", fmt.Sprint("other ", i), deaths[:1]))
	}
	assert.Len(t, q.keys, maxKeys)
	var poison *PoisonError
	require.ErrorAs(t, q.died(epoch.Add(time.Second), "task", "key", deaths), &poison)
	assert.Len(t, poison.Deaths, fatalDeaths)
}

// Guarantee(memory): What is remembered of keys that kill workers is bounded, however many there are and however much their workers wrote.
func TestQuarantineIsSmall(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	q := &quarantine{}
	before := heap()
	for i := range maxKeys + 8 {
		key := fmt.Sprintf("%0*d", MaxKey, i)
		for n := range fatalDeaths {
			now := epoch.Add(time.Duration(i)) // so that it is known which ones are forgotten
			_ = q.died(now, "task", key, offenses(actor.Down{PID: actor.PID{Name: "pool#1", Incarnation: uint64(i)}, Reason: &ExitError{
				PID: n, Code: 2, Stderr: bytes.Repeat([]byte("x"), 64<<10),
				Panic: &actor.PanicError{Value: strings.Repeat("p", 64<<10), Stack: make([]byte, 64<<10)},
				calls: slices.Repeat([]record.Call{{Task: "task", Key: key}}, 100),
			}}))
		}
	}
	after := heap()
	require.Len(t, q.suspects(epoch), maxKeys)
	t.Logf("%d keys: %d KiB", maxKeys, (after-before)>>10)
	assert.Less(t, after-before, uint64(8<<20))
	var exit *ExitError
	require.ErrorAs(t, q.refuse(epoch, "task", fmt.Sprintf("%0*d", MaxKey, maxKeys)), &exit)
	assert.Equal(t, 2, exit.Code)
	var crash *actor.PanicError
	require.ErrorAs(t, exit, &crash)
}
