package supervise

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// OTP 42: Children are stopped in reverse order, strictly one after the other: brutal_kill does not ask, a timeout kills only who is late.
func TestStopping(t *testing.T) {
	r := booted(t, many, "a", "k shutdown=brutal_kill", "h shutdown=100ms", "x transient", "z")
	r.hangs["h"] = true
	r.exit(actor.ErrNormal, "x")
	r.took(nil)
	before := r.now
	r.send(evStop{actor.ErrShutdown})
	r.took(words("stop z, stop h, kill h, kill k, stop a, over"))
	assert.Equal(t, 100*time.Millisecond, r.now.Sub(before))
	assert.Equal(t, actor.ErrShutdown, r.over)
}

// OTP 43: The parent's exit signal stops a supervisor whatever the reason, also a normal one, and it ends with that reason.
func TestParentsReasonIsTheReasonOfTheEnd(t *testing.T) {
	for _, reason := range []error{actor.ErrNormal, actor.ErrShutdown, errCrash} {
		r := booted(t, many, "a")
		r.send(evStop{reason})
		r.took(words("stop a, over"))
		assert.Equal(t, reason, r.over)
	}
}

// OTP 10: Order is that of the specifications: restarts do not change it, children that are started later go to the end.
func TestOrderIsThatOfTheSpecs(t *testing.T) {
	r := booted(t, many, "a", "b", "c")
	r.crash("c").crash("a").crash("b")
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	require.NoError(t, r.ask(reqRestart{"a"}).err)
	require.NoError(t, r.ask(reqStart{kid(t, "d")}).err)
	require.NoError(t, r.ask(reqTerminate{"b"}).err)
	require.NoError(t, r.ask(reqDelete{"b"}).err)
	require.NoError(t, r.ask(reqStart{kid(t, "b")}).err)
	r.took(nil)
	r.send(evStop{actor.ErrShutdown})
	r.took(words("stop b, stop d, stop c, stop a, over"))
}

// OTP 46: The defaults are one_for_one, 1 restart in 5 seconds, auto_shutdown never, permanent.
// OTP 45: A worker has 5 seconds to stop, a supervisor all the time it needs.
func TestDefaults(t *testing.T) {
	m := newMachine(Policy{}, []ChildSpec{{ID: "w"}, {ID: "s", Type: SupervisorChild}})
	assert.Equal(t, 1, m.budget.intensity)
	assert.Equal(t, 5*time.Second, m.budget.period)
	assert.Equal(t, OneForOne, m.strategy)
	assert.Equal(t, Never, m.auto)
	assert.Equal(t, 5*time.Second, m.children.first.spec.Shutdown)
	assert.Equal(t, Permanent, m.children.first.spec.Restart)
	assert.Equal(t, Infinity, m.children.last.spec.Shutdown)
}
