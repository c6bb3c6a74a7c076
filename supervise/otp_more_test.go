package supervise

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// OTP 5: A normal end that is swallowed because the group is being stopped is forgotten: the child is started with the group.
func TestSwallowedNormalEndIsStartedAgain(t *testing.T) {
	r := booted(t, with(OneForAll), "a", "x transient")
	crashed, ended := r.living["a"], r.living["x"]
	delete(r.living, "a")
	delete(r.living, "x")
	r.send(evExited{life: crashed, reason: errCrash}, evExited{life: ended, reason: actor.ErrNormal, normal: true})
	r.took(words("start a, start x"))

	r = booted(t, with(OneForAll), "a", "x transient", "c")
	r.hangs["c"] = true
	crashed, ended = r.living["a"], r.living["x"]
	delete(r.living, "a")
	delete(r.living, "x")
	r.send(evExited{life: crashed, reason: errCrash}, evExited{life: ended, reason: actor.ErrNormal, normal: true})
	r.took(words("stop c, kill c, start a, start x, start c"))
}

// OTP 16: The time of a restart is when it is decided: what a slow stop takes is inside of the window.
func TestSlowStopsCount(t *testing.T) {
	r := booted(t, Policy{Strategy: OneForAll, Intensity: 1, Period: 10 * time.Second}, "a", "h shutdown=8s")
	r.hangs["h"] = true
	r.crash("a") // the stop of h takes 8 s
	require.NoError(t, r.over)
	r.now = r.now.Add(3 * time.Second)
	r.crash("a")
	require.NoError(t, r.over, "11 s after the first")
	r.now = r.now.Add(2 * time.Second)
	r.crash("a")
	assert.Error(t, r.over, "10 s after the second")

	r = booted(t, Policy{Strategy: RestForOne, Intensity: 2, Period: 10 * time.Second}, "a", "b", "h shutdown=8s")
	r.hangs["h"] = true
	r.crash("b", "a") // that of a is decided when the first stop of h is over, at 8 s
	require.NoError(t, r.over)
	r.now = time.Unix(18, 0)
	r.crash("h")
	require.NoError(t, r.over)
	r.crash("h")
	assert.Error(t, r.over, "10 s after that of a")
}

// OTP 17: A supervisor that gives up ends with shutdown, so that its own supervisor restarts it only if it is permanent.
func TestGivingUpIsAShutdown(t *testing.T) {
	r := booted(t, Policy{Intensity: NoRestarts}, "a")
	r.crash("a")
	require.ErrorIs(t, r.over, actor.ErrShutdown)
	outer := booted(t, many, "s transient supervisor", "p permanent supervisor")
	outer.exit(r.over, "s").took(words(""))
	outer.exit(r.over, "p").took(words("start p"))
}

// OTP 18: The count belongs to one life of the supervisor: to delete the child does not clear it, a restart of the supervisor does.
func TestCountOutlivesTheChild(t *testing.T) {
	r := booted(t, Policy{Intensity: 1}, "a", "b")
	r.crash("a")
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	require.NoError(t, r.ask(reqDelete{"a"}).err)
	r.crash("b")
	assert.Error(t, r.over)
	assert.Zero(t, booted(t, Policy{Intensity: 1}, "a").m.budget.usage().used)
}

// OTP 14.
func TestByHandCountsNothing(t *testing.T) {
	r := booted(t, Policy{Intensity: 1}, "a", "b transient", "t temporary")
	for range 2 {
		require.NoError(t, r.ask(reqTerminate{"a"}).err)
		require.NoError(t, r.ask(reqRestart{"a"}).err)
		require.NoError(t, r.ask(reqStart{kid(t, "z")}).err)
		require.NoError(t, r.ask(reqTerminate{"z"}).err)
		require.NoError(t, r.ask(reqDelete{"z"}).err)
	}
	r.exit(actor.ErrNormal, "b").crash("t") // nor does an end without a restart
	r.crash("a")
	require.NoError(t, r.over, "this is the first")
	r.crash("a")
	assert.Error(t, r.over)
}

// OTP 26: A start function that panics has failed, and so has one that returns an error.
func TestAFailedStartIsAFailedStart(t *testing.T) {
	for _, err := range []error{errCrash, actor.NewPanicError("no")} {
		r := newRig(t, many, "a")
		acts := r.m.step(r.now, evBoot{})
		start, ok := acts[0].(acStart)
		require.True(t, ok)
		r.send(evStartFailed{start.life, err})
		assert.Equal(t, err, r.over)
	}
}

// OTP 44: A retry that waits never delays a stop: between two tries the supervisor listens.
func TestStopComesBetweenRetries(t *testing.T) {
	for _, stop := range []event{evStop{actor.ErrShutdown}, evStopInTurn{actor.ErrShutdown}} {
		r := booted(t, many, "a", "b")
		r.fails["a"] = 1000
		r.during["a"] = func() {
			if r.fails["a"] == 997 {
				r.events = append(r.events, stop)
			}
		}
		r.crash("a").took(words("fail a, fail a, fail a, stop b, over"))
	}
}
