package supervise

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// What OTP's own test suite holds and the clauses before did not say.

// OTP 47: A child that ends by itself as its supervisor is stopped does not change the end: whichever is first, the supervisor ends for its parent's reason, and nobody is left.
func TestStopAndCrashAtOnce(t *testing.T) {
	for name, stopFirst := range map[string]bool{"the crash is first": false, "the stop is first": true} {
		t.Run(name, func(t *testing.T) {
			r := booted(t, many, "a", "b")
			stop, crash := event(evStop{actor.ErrShutdown}), event(evExited{life: r.living["a"], reason: errCrash})
			if stopFirst {
				delete(r.living, "a")
				r.send(stop, crash)
				r.took(words("stop b, over"))
			} else {
				delete(r.living, "a")
				r.send(crash, stop)
				r.took(words("start a, stop b, stop a, over"))
			}
			assert.ErrorIs(t, r.over, actor.ErrShutdown)
		})
	}
}

// OTP 48: An instance that ends for another reason than it was asked to, while its simple_one_for_one supervisor stops, is reported, and holds up neither the others nor the end.
func TestInstanceThatEndsOtherwise(t *testing.T) {
	r := simple(t, "w", 3)
	lives := map[string]life{}
	for c := range r.m.children.all() {
		lives[c.spec.ID] = c.life
	}
	r.m.step(r.now, evStop{actor.ErrShutdown})
	for _, id := range []string{"w#2", "w#1", "w#3"} {
		reason := actor.ErrShutdown
		if id == "w#2" {
			reason = errCrash
		}
		for _, a := range r.m.step(r.now, evExited{life: lives[id], reason: reason, normal: actor.IsNormal(reason)}) {
			r.perform(a)
		}
	}
	require.ErrorIs(t, r.over, actor.ErrShutdown)
	unasked := 0
	for _, n := range r.news {
		if n.kind == EventStopped && n.unasked {
			unasked++
			assert.Equal(t, errCrash, n.err)
		}
	}
	assert.Equal(t, 1, unasked)
}

// OTP 49: A start function that finds its process already running somewhere else has failed: StartChild forgets the specification, and at the boot the supervisor does not start.
func TestAlreadyStartedElsewhere(t *testing.T) {
	elsewhere := &actor.StartError{Name: "x", Err: actor.ErrTaken}
	r := booted(t, many, "a")
	acts := r.m.step(r.now, evRequest{1, reqStart{kid(t, "x")}})
	start, ok := acts[len(acts)-1].(acStart)
	require.True(t, ok)
	r.send(evStartFailed{start.life, elsewhere})
	require.ErrorIs(t, r.replies[1].err, actor.ErrTaken)
	assert.Equal(t, "a running", r.states())

	boot := newRig(t, many, "x")
	start, ok = boot.m.step(boot.now, evBoot{})[0].(acStart)
	require.True(t, ok)
	boot.send(evStartFailed{start.life, elsewhere})
	assert.ErrorIs(t, boot.over, actor.ErrTaken)
}

// OTP 50: One child can be asked about, and its specification, as it counts now; whoever is not there is not found, and of a simple_one_for_one the template has a specification only.
func TestOneChild(t *testing.T) {
	r := booted(t, many, "a transient", "t temporary")
	a := r.ask(reqChild{"a"})
	require.NoError(t, a.err)
	require.Len(t, a.which, 1)
	assert.Equal(t, Running, a.which[0].state)
	spec := r.ask(reqSpec{"a"}).spec
	assert.Equal(t, Transient, spec.Restart)
	assert.Equal(t, DefaultShutdown, spec.Shutdown)
	assert.NotNil(t, spec.Start)
	assert.Nil(t, r.ask(reqSpec{"t"}).spec.Start, "it is let go")
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	assert.Equal(t, Stopped, r.ask(reqChild{"a"}).which[0].state)
	for _, req := range []request{reqChild{"z"}, reqSpec{"z"}} {
		require.ErrorIs(t, r.ask(req).err, ErrNotFound)
	}

	s := simple(t, "w", 1)
	require.ErrorIs(t, s.ask(reqChild{"w"}).err, ErrSimpleOneForOne)
	assert.Equal(t, "w", s.ask(reqSpec{"w"}).spec.ID)
	assert.Equal(t, Running, s.ask(reqChild{"w#1"}).which[0].state)
	assert.Equal(t, "w#1", s.ask(reqSpec{"w#1"}).spec.ID)
	require.ErrorIs(t, s.ask(reqSpec{"w#2"}).err, ErrNotFound)
}

// OTP 51: A running supervisor whose specification is changed keeps its children, under what the new one says: also whether they are significant, and when it shuts down.
func TestChangeOfSignificance(t *testing.T) {
	r := booted(t, many, "a transient", "b")
	to := many
	to.AutoShutdown = AnySignificant
	require.NoError(t, r.ask(reqChange{policy: to, specs: []ChildSpec{kid(t, "a transient significant"), kid(t, "b")}}).err)
	assert.Equal(t, "a running, b running", r.states())
	r.exit(actor.ErrNormal, "a")
	var auto *AutoShutdownError
	assert.ErrorAs(t, r.over, &auto)

	back := booted(t, to, "a transient significant", "b")
	require.NoError(t, back.ask(reqChange{policy: many, specs: []ChildSpec{kid(t, "a transient"), kid(t, "b")}}).err)
	back.exit(actor.ErrNormal, "a")
	assert.NoError(t, back.over)
}
