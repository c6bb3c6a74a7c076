package supervise

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

func shutting(auto AutoShutdown) Policy { return Policy{Intensity: 100, AutoShutdown: auto} }

// OTP 35: Only children that are not permanent can be significant, and only under a supervisor whose auto_shutdown is not never; that holds for StartChild, too.
func TestWhoCanBeSignificant(t *testing.T) {
	for _, tt := range []struct {
		auto AutoShutdown
		kid  string
		ok   bool
	}{
		{Never, "a transient significant", false},
		{AnySignificant, "a significant", false},
		{AnySignificant, "a transient significant", true},
		{AllSignificant, "a temporary significant", true},
	} {
		err := Spec{Name: "s", Policy: shutting(tt.auto), Children: []ChildSpec{kid(t, tt.kid)}}.check()
		asked := booted(t, shutting(tt.auto)).ask(reqStart{kid(t, tt.kid)}).err
		if tt.ok {
			require.NoError(t, err)
			require.NoError(t, asked)
			continue
		}
		var wrong *SpecError
		require.ErrorAs(t, err, &wrong)
		assert.Equal(t, "Significant", wrong.Field)
		require.ErrorAs(t, asked, &wrong)
	}
}

// OTP 36: Auto shutdown comes of a significant child's own end that is not followed by a restart: a normal one of a transient child, any of a temporary one.
func TestWhichEndsShutDown(t *testing.T) {
	for _, tt := range []struct {
		kid    string
		reason error
		ends   bool
	}{
		{"a transient significant", actor.ErrNormal, true},
		{"a transient significant", actor.ErrShutdown, true},
		{"a transient significant", errCrash, false},
		{"a temporary significant", actor.ErrNormal, true},
		{"a temporary significant", errCrash, true},
		{"a temporary significant", actor.ErrKilled, true},
		{"a temporary", errCrash, false},
	} {
		t.Run(tt.kid+" "+tt.reason.Error(), func(t *testing.T) {
			r := booted(t, shutting(AnySignificant), tt.kid, "z")
			r.exit(tt.reason, "a")
			var auto *AutoShutdownError
			if !tt.ends {
				assert.NoError(t, r.over)
				return
			}
			require.ErrorAs(t, r.over, &auto)
			assert.Equal(t, "a", auto.Child)
			assert.Equal(t, tt.reason, auto.Reason)
		})
	}
	r := booted(t, shutting(AnySignificant), "a transient significant")
	r.fails["a"] = 2
	r.crash("a")
	assert.NoError(t, r.over, "a restart that failed is tried again")
}

// OTP 37: What was asked for never shuts down: no TerminateChild, no group restart that forgets a temporary child, no ignored restart.
// OTP 22.
// OTP 28.
func TestWhatDoesNotShutDown(t *testing.T) {
	r := booted(t, Policy{Strategy: OneForAll, Intensity: 100, AutoShutdown: AnySignificant}, "a", "t temporary significant", "x transient significant")
	require.NoError(t, r.ask(reqTerminate{"x"}).err)
	r.crash("a")
	r.ignores["x"] = true
	r.crash("x")
	assert.NoError(t, r.over)
	assert.Equal(t, "a running, x undefined", r.states())
	require.NoError(t, r.ask(reqRestart{"x"}).err)
	require.NoError(t, r.ask(reqDelete{"x"}).err)
	require.NoError(t, r.ask(reqStart{kid(t, "x transient significant")}).err)
	r.fails["y"] = 1
	require.Error(t, r.ask(reqStart{kid(t, "y transient significant")}).err)
	require.NoError(t, r.over)
	assert.Equal(t, "a running, x undefined", r.states())
}

// OTP 38: all_significant ends with the last significant child that runs or waits for a restart; those that are down do not count.
func TestAllSignificant(t *testing.T) {
	kids := []string{"a transient significant", "b temporary significant", "c transient significant", "z"}
	r := booted(t, shutting(AllSignificant), kids...)
	r.exit(actor.ErrNormal, "a").crash("b")
	require.NoError(t, r.over)
	r.took(nil)
	r.exit(actor.ErrNormal, "c").took(words("stop z, over"))

	r = booted(t, shutting(AllSignificant), kids...)
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	require.NoError(t, r.ask(reqTerminate{"b"}).err)
	require.NoError(t, r.over)
	r.exit(actor.ErrNormal, "c")
	require.Error(t, r.over, "those that were terminated do not count")

	r = booted(t, shutting(AllSignificant), kids...)
	r.fails["a"] = 1
	r.during["a"] = func() { r.ended("c", actor.ErrNormal); r.ended("b", actor.ErrNormal) }
	r.crash("a")
	require.NoError(t, r.over, "a waits for its restart")
	assert.Equal(t, "a running, c undefined, z running", r.states())
}

// OTP 39: Auto shutdown stops the rest in reverse order and ends with shutdown; it is no restart, so that intensity 0 does not matter.
func TestAutoShutdownEndsInReverse(t *testing.T) {
	r := booted(t, Policy{Intensity: NoRestarts, AutoShutdown: AnySignificant}, "a", "b transient significant", "c")
	r.exit(actor.ErrNormal, "b").took(words("stop c, stop a, over"))
	assert.ErrorIs(t, r.over, actor.ErrShutdown)
}

// OTP 40: Auto shutdown wins over exits that still wait in the queue: they are not handled.
func TestAutoShutdownOvertakesExits(t *testing.T) {
	r := booted(t, shutting(AnySignificant), "a", "b transient significant", "c")
	ended, crashed := r.living["b"], r.living["a"]
	delete(r.living, "a")
	delete(r.living, "b")
	r.send(evExited{ended, actor.ErrNormal, true}, evExited{crashed, errCrash, false})
	r.took(words("stop c, over"))

	// Both wait behind a start, and the second would use up the budget.
	r = booted(t, Policy{Intensity: 1, AutoShutdown: AnySignificant}, "a", "b transient significant", "c")
	r.fails["c"] = 1
	r.during["c"] = func() { r.ended("b", actor.ErrNormal); r.ended("a", errCrash) }
	r.crash("c").took(words("fail c, over"))
	var auto *AutoShutdownError
	require.ErrorAs(t, r.over, &auto)
	for _, n := range r.news {
		assert.False(t, n.kind == EventExited && n.id == "a", "nothing was decided about it")
	}
}

// Unlike OTP: OTP 27 refuses auto_shutdown for a simple_one_for_one; here it is allowed, as it is in OTP 25, and clause 41 is what it does.
// OTP 41: In a simple_one_for_one all_significant ends with the last instance.
func TestLastInstanceShutsDown(t *testing.T) {
	r := booted(t, Policy{Strategy: SimpleOneForOne, Intensity: 9, AutoShutdown: AllSignificant}, "w transient significant")
	for range 2 {
		require.NoError(t, r.ask(reqInstance{}).err)
	}
	r.exit(actor.ErrNormal, "w#1")
	require.NoError(t, r.over)
	r.exit(actor.ErrNormal, "w#2")
	assert.Error(t, r.over)
}
