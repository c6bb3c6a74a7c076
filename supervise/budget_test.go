package supervise

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errOOM = death{Cause{OOM: true, Signal: "SIGKILL"}}

// Beyond OTP: Ends for want of memory can have a budget of their own, so that they do not use up the other one, nor hide in it.
func TestOOMBudget(t *testing.T) {
	p := Policy{Intensity: 1, OOM: Budget{Intensity: 2, Period: time.Minute}}
	r := booted(t, p, "a")
	r.exit(errOOM, "a").crash("a").exit(errOOM, "a")
	require.NoError(t, r.over)
	r.exit(errOOM, "a")
	var gaveUp *IntensityError
	require.ErrorAs(t, r.over, &gaveUp)
	assert.True(t, gaveUp.OOM)
	assert.Len(t, gaveUp.Deaths, 3)
	assert.Contains(t, gaveUp.Error(), "for want of memory")

	r = booted(t, Policy{Intensity: 1}, "a")
	r.exit(errOOM, "a").crash("a")
	assert.Error(t, r.over, "without one they count with the others")

	r = booted(t, Policy{Intensity: 9, OOM: Budget{Intensity: NoRestarts}}, "a")
	r.exit(errOOM, "a")
	assert.Error(t, r.over)
}

// Beyond OTP: A child can have a budget of its own besides that of its supervisor.
func TestMaxRestarts(t *testing.T) {
	r := booted(t, many, "a", "b")
	c := r.m.children.first
	c.spec.MaxRestarts = Budget{Intensity: 1}
	r.m.specify(c, c.spec)
	r.crash("b", "a").crash("b").crash("b")
	require.NoError(t, r.over)
	r.advance(DefaultPeriod + 1)
	r.crash("a")
	require.NoError(t, r.over, "its window is that of the supervisor")
	r.crash("a")
	var gaveUp *IntensityError
	require.ErrorAs(t, r.over, &gaveUp)
	assert.Equal(t, "a", gaveUp.Child)
	assert.Len(t, gaveUp.Deaths, 2)
	assert.Contains(t, gaveUp.Error(), "for a alone")
}

func looped(s Strategy) Policy { return Policy{Strategy: s, Intensity: 1, Circuit: true} }

// Beyond OTP: With Circuit a crash loop does not take the supervisor down: the child stays down until somebody resumes it.
func TestCircuit(t *testing.T) {
	r := booted(t, looped(OneForOne), "a", "b")
	r.crash("a").took(words("start a"))
	r.news = nil
	r.crash("a").took(words(""))
	require.NoError(t, r.over)
	assert.Equal(t, "a undefined, b running", r.states())
	assert.Equal(t, EventCircuitOpened, r.news[len(r.news)-1].kind)
	require.ErrorIs(t, r.ask(reqResume{"b"}).err, ErrNotOpen)
	require.ErrorIs(t, r.ask(reqResume{"z"}).err, ErrNotFound)
	require.NoError(t, r.ask(reqResume{"a"}).err)
	assert.Equal(t, "a running, b running", r.states())
	require.ErrorIs(t, r.ask(reqResume{"a"}).err, ErrNotOpen)
}

// Beyond OTP: The group of a child whose circuit opens is down with it, and what is behind it is not started without it.
func TestCircuitOfAGroup(t *testing.T) {
	r := booted(t, looped(RestForOne), "x", "a", "b", "t temporary")
	r.crash("a")
	r.took(nil)
	r.crash("a").took(words("stop b"))
	assert.Equal(t, "x running, a undefined, b undefined", r.states())
	r.advance(time.Minute)
	r.crash("x").took(words("start x"))
	assert.Equal(t, "x running, a undefined, b undefined", r.states(), "a is left down, and who needs it")
	r.fails["a"] = 1
	r.news = nil
	require.EqualError(t, r.ask(reqResume{"a"}).err, "no a")
	r.took(words("fail a"))
	var told []EventKind
	for _, n := range r.news {
		assert.Equal(t, "a", n.id)
		told = append(told, n.kind)
	}
	assert.Equal(t, []EventKind{EventCircuitClosed, EventStartFailed, EventCircuitOpened}, told, "it is told as it is")
	require.NoError(t, r.ask(reqResume{"a"}).err, "it is open still")
	r.took(words("start a, start b"))
	r.fails["b"] = 1
	r.advance(time.Minute)
	r.crash("a")
	assert.Equal(t, "x running, a running, b undefined", r.states(), "b used the budget up, and is open now")
	r.took(nil)
	require.NoError(t, r.ask(reqResume{"b"}).err)
	r.took(words("start b"))
}

func TestCircuitIsClosedByHand(t *testing.T) {
	r := booted(t, looped(OneForOne), "a")
	r.crash("a").crash("a")
	require.NoError(t, r.ask(reqRestart{"a"}).err)
	require.ErrorIs(t, r.ask(reqResume{"a"}).err, ErrNotOpen)
	r.advance(time.Minute)
	r.crash("a").crash("a")
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	require.NoError(t, r.ask(reqDelete{"a"}).err)
	assert.Empty(t, r.states())
}

func TestCircuitOfAnInstance(t *testing.T) {
	r := booted(t, looped(SimpleOneForOne), "w")
	require.NoError(t, r.ask(reqInstance{}).err)
	r.crash("w#1").crash("w#1")
	assert.Equal(t, "w#1 undefined", r.states())
	require.NoError(t, r.ask(reqResume{"w#1"}).err)
	r.advance(time.Minute)
	r.crash("w#1").crash("w#1")
	require.NoError(t, r.ask(reqTerminate{"w#1"}).err)
	assert.Empty(t, r.states())
}

// A restart that was refused used nothing up: those that go on have what was
// left to them.
func TestRefusedRestartUsesNothing(t *testing.T) {
	t.Run("of the supervisor", func(t *testing.T) {
		r := booted(t, looped(OneForOne), "a", "b")
		r.crash("a").advance(DefaultPeriod - time.Second)
		r.crash("a") // is refused; only the first one counts, and that no longer than a period
		r.advance(2 * time.Second)
		r.crash("b")
		assert.Equal(t, "a undefined, b running", r.states())
	})
	t.Run("of the child", func(t *testing.T) {
		r := booted(t, looped(OneForOne), "a", "b")
		a := r.m.children.ids["a"]
		a.spec.MaxRestarts = Budget{Intensity: NoRestarts}
		r.m.specify(a, a.spec)
		r.crash("a")
		r.crash("b")
		assert.Equal(t, "a undefined, b running", r.states())
	})
}

// Whoever was started by hand behind an open circuit is restarted, though nobody
// otherwise there is.
func TestStartedBehindAnOpenCircuit(t *testing.T) {
	r := booted(t, looped(OneForAll), "a", "b", "c")
	r.crash("a").crash("a")
	assert.Equal(t, "a undefined, b undefined, c undefined", r.states())
	r.advance(time.Minute)
	require.NoError(t, r.ask(reqRestart{"b"}).err)
	r.took(nil)
	r.crash("b").took(words("start b"))
	assert.Equal(t, "a undefined, b running, c undefined", r.states())
}

// A change starts nobody whose circuit is open, and nobody behind it, because of
// another child; but whoever is named.
func TestChangeLeavesACircuitOpen(t *testing.T) {
	kids := []ChildSpec{kid(t, "x"), kid(t, "a"), kid(t, "b")}
	for _, s := range []Strategy{RestForOne, OneForAll} {
		t.Run(s.String(), func(t *testing.T) {
			r := booted(t, looped(s), "x", "a", "b")
			change := func(changed ...string) string {
				require.NoError(t, r.ask(reqChange{policy: looped(s), specs: kids, changed: changed}).err)
				return r.states()
			}
			r.crash("a").crash("a")
			assert.Equal(t, "x running, a undefined, b undefined", change("x"))
			require.ErrorIs(t, r.ask(reqRestart{"x"}).err, ErrRunning)
			assert.Equal(t, "x running, a undefined, b running", change("b"))
			assert.Equal(t, "x running, a undefined, b running", change())
			r.took(nil)
			assert.Equal(t, "x running, a running, b running", change("x", "a"))
			require.ErrorIs(t, r.ask(reqResume{"a"}).err, ErrNotOpen)
		})
	}
}
