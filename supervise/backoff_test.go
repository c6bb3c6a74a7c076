package supervise

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/actor"
)

func waiting(s Strategy) Policy {
	return Policy{Strategy: s, Intensity: 100, Backoff: Backoff{Initial: time.Second, Max: 5 * time.Second, Exact: true, Reset: time.Minute}}
}

// Beyond OTP: Backoff delays all restarts of a child but the first, longer and longer up to a cap; a time of good health begins anew.
func TestBackoffGrowsAndResets(t *testing.T) {
	r := booted(t, waiting(OneForOne), "a", "b")
	r.crash("a").took(words("start a"))
	for _, d := range []time.Duration{1, 2, 4, 5, 5} {
		r.crash("a").took(words("wait a"))
		assert.Equal(t, "a restarting, b running", r.states())
		r.advance(d*time.Second - 1).took(words(""))
		r.advance(1).took(words("start a"))
	}
	r.crash("b").took(words("start b"))
	r.advance(time.Minute)
	r.crash("a").took(words("start a"))
}

func TestBackoffOfAChildGoesBeforeThatOfThePolicy(t *testing.T) {
	r := booted(t, waiting(OneForOne), "a")
	r.m.children.first.spec.Backoff = Backoff{Initial: time.Hour, Exact: true}
	r.crash("a").crash("a").took(words("start a, wait a"))
	r.advance(time.Hour - 1).took(words(""))
	r.advance(1).took(words("start a"))
}

// Beyond OTP: The delayed restart of a group stops it at once and starts it when the delay is over; it counts once, when it is decided.
func TestBackoffOfAGroup(t *testing.T) {
	r := booted(t, waiting(RestForOne), "a", "b", "c")
	r.crash("b").took(words("stop c, start b, start c"))
	r.crash("b").took(words("stop c, wait b"))
	assert.Equal(t, "a running, b restarting, c undefined", r.states())
	assert.Equal(t, 2, r.m.budget.usage().used)
	r.advance(time.Second).took(words("start b, start c"))
	assert.Equal(t, 2, r.m.budget.usage().used)
}

// Beyond OTP: A failed start waits, too, before it is tried again, and counts then.
func TestBackoffOfAFailedStart(t *testing.T) {
	r := booted(t, waiting(OneForOne), "a")
	r.fails["a"] = 2
	r.crash("a").took(words("fail a, wait a"))
	told := r.news[len(r.news)-1]
	assert.Equal(t, EventStartFailed, told.kind)
	assert.Equal(t, time.Second, told.delay)
	assert.Equal(t, 1, r.m.budget.usage().used)
	r.advance(time.Second).took(words("fail a, wait a"))
	assert.Equal(t, 2, r.m.budget.usage().used)
	r.advance(2 * time.Second).took(words("start a"))
	assert.Equal(t, 3, r.m.budget.usage().used)
}

// Beyond OTP: A child that waits out its delay is terminated at once, and so is its supervisor; the delay is then nobody's.
func TestBackoffCanBeEnded(t *testing.T) {
	r := booted(t, waiting(OneForOne), "a", "b")
	r.crash("a").crash("a")
	assert.ErrorIs(t, r.ask(reqRestart{"a"}).err, ErrRestarting)
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	r.took(nil)
	r.advance(time.Hour).took(words(""))
	require.NoError(t, r.ask(reqRestart{"a"}).err)
	r.crash("a").took(words("start a, start a")) // by hand, which begins anew
	r.crash("a").took(words("wait a"))
	r.send(evStop{actor.ErrShutdown})
	r.took(words("stop b, over"))
	r.advance(time.Hour).took(words(""))
}

// A delay that was canceled is not taken for the one that is waited out now.
func TestStaleDelayIsIgnored(t *testing.T) {
	r := booted(t, waiting(OneForAll), "a", "b")
	r.crash("a").crash("a")
	r.took(nil)
	old := r.delays[0].ev
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	require.NoError(t, r.ask(reqRestart{"a"}).err)
	r.crash("a").crash("a")
	r.took(nil)
	r.send(old)
	r.took(words(""))
	assert.Equal(t, "a restarting, b undefined", r.states())
}

// Beyond OTP: A group restart because of a sibling starts a child that waits without waiting further.
func TestGroupRestartEndsADelay(t *testing.T) {
	r := booted(t, waiting(RestForOne), "a", "b", "c")
	r.crash("b").crash("b")
	r.took(nil)
	r.crash("a").took(words("start a, start b, start c"))
	r.advance(time.Hour).took(words(""))
}

func TestDelays(t *testing.T) {
	all := func() float64 { return math.Nextafter(1, 0) }
	b := Backoff{Initial: 100 * time.Millisecond}
	assert.Zero(t, b.delay(1, all))
	assert.InDelta(t, 100*time.Millisecond, b.delay(2, all), float64(time.Microsecond))
	assert.InDelta(t, 400*time.Millisecond, b.delay(4, all), float64(time.Microsecond))
	assert.InDelta(t, DefaultBackoffMax, b.delay(1<<40, all), float64(time.Millisecond))
	part := func() float64 { return 0.25 }
	assert.Equal(t, 50*time.Millisecond, b.delay(3, part), "full jitter is between nothing and all")
	assert.Equal(t, DefaultBackoffMax/4, b.delay(1<<40, part), "of the cap, too")
	assert.Zero(t, b.delay(3, func() float64 { return 0 }))
	assert.Zero(t, Backoff{}.delay(9, all))
	assert.InDelta(t, time.Hour, Backoff{Initial: time.Hour}.delay(9, all), float64(time.Millisecond), "the default cap is no less than the first delay")
	assert.Equal(t, time.Duration(math.MaxInt64), Backoff{Initial: 1, Max: math.MaxInt64, Exact: true}.delay(100, nil), "for ever, not at once")
	rapid.Check(t, func(t *rapid.T) {
		b := Backoff{
			Initial: time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "initial")),
			Factor:  rapid.SampledFrom([]float64{0, 1, 1.5, 2, 1000}).Draw(t, "factor"),
		}
		b.Max = b.Initial + time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "more"))
		n := rapid.IntRange(1, 1<<30).Draw(t, "n")
		chance := rapid.Float64Range(0, 0.9999).Draw(t, "chance")
		d := b.delay(n, func() float64 { return chance })
		if d < 0 || d > b.Max {
			t.Fatalf("%v is not between 0 and %v", d, b.Max)
		}
		exact := Backoff{Initial: b.Initial, Factor: b.Factor, Max: b.Max, Exact: true}
		if exact.delay(n, nil) > exact.delay(n+1, nil) {
			t.Fatalf("delay %d is longer than the next", n)
		}
	})
}

// Under rest_for_one nobody waits for the restart of one behind them.
func TestCallersOfOneBeforeARestartAreLetGo(t *testing.T) {
	p := Policy{Strategy: RestForOne, Intensity: 9, Backoff: Backoff{Initial: time.Second, Exact: true}}
	r := booted(t, p, "a", "b", "c")
	r.crash("a").crash("a") // the second restart waits, and b and c are down with it
	require.NoError(t, r.ask(reqRestart{"c"}).err)
	r.crash("c").crash("c")
	assert.Equal(t, "a restarting, b undefined, c restarting", r.states())
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	assert.False(t, r.m.children.ids["b"].held, "nothing is going to start b")
}
