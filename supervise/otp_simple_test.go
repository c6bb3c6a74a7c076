package supervise

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// simple boots a simple_one_for_one with n instances of the template.
func simple(t testing.TB, template string, n int) *rig {
	r := booted(t, with(SimpleOneForOne), template)
	for range n {
		require.NoError(t, r.ask(reqInstance{}).err)
	}
	r.took(nil)
	return r
}

// OTP 31: A simple_one_for_one starts nothing at boot; a start of an instance that fails, or is ignored, leaves nothing; not exactly one template is a wrong specification.
func TestInstancesAreStartedOneByOne(t *testing.T) {
	r := newRig(t, with(SimpleOneForOne), "w")
	r.send(evBoot{})
	r.took(words("up"))
	r.fails["w#1"], r.ignores["w#2"] = 1, true
	require.EqualError(t, r.ask(reqInstance{}).err, "no w#1")
	require.NoError(t, r.ask(reqInstance{}).err)
	assert.Empty(t, r.states())
	reply := r.ask(reqInstance{})
	require.NoError(t, reply.err)
	assert.Equal(t, r.living["w#3"], reply.life, "numbers are not used again")
	for _, children := range [][]ChildSpec{nil, {kid(t, "a"), kid(t, "b")}} {
		var wrong *SpecError
		require.ErrorAs(t, Spec{Name: "s", Policy: with(SimpleOneForOne), Children: children}.check(), &wrong)
		assert.Equal(t, "Children", wrong.Field)
	}
}

// OTP 32: A transient instance that ends normally disappears; a restarted one keeps what it was started with, and its name.
func TestInstancesRestart(t *testing.T) {
	r := simple(t, "w transient", 1)
	marked := false
	own := func(context.Context, *actor.Slot) error { marked = true; return nil }
	require.NoError(t, r.ask(reqInstance{own}).err)
	r.exit(actor.ErrNormal, "w#1").took(words("start w#2"))
	assert.Equal(t, "w#2 running", r.states())
	r.crash("w#2").took(words("start w#2"))
	require.NoError(t, r.m.children.ids["w#2"].spec.Start(context.Background(), nil))
	assert.True(t, marked, "the restart is by the instance's own function")
}

// An ignored restart drops the instance; OTP 25 keeps it without a process, and crashes at the end (erlang/otp#8215).
func TestIgnoredRestartDropsTheInstance(t *testing.T) {
	r := simple(t, "w", 2)
	r.ignores["w#1"] = true
	r.crash("w#1").took(words("ignore w#1"))
	assert.Equal(t, "w#2 running", r.states())
}

// OTP 33: RestartChild and DeleteChild are not for a simple_one_for_one; TerminateChild wants an instance, and succeeds also for a former one.
func TestRequestsAboutInstances(t *testing.T) {
	r := simple(t, "w", 2)
	for _, req := range []request{reqRestart{"w#1"}, reqDelete{"w#1"}, reqRestart{"w"}, reqTerminate{"w"}, reqStart{kid(t, "x")}} {
		assert.ErrorIs(t, r.ask(req).err, ErrSimpleOneForOne, "%T", req)
	}
	require.NoError(t, r.ask(reqTerminate{"w#1"}).err)
	r.took(words("stop w#1"))
	require.NoError(t, r.ask(reqTerminate{"w#1"}).err, "it was there once")
	require.ErrorIs(t, r.ask(reqTerminate{"w#3"}).err, ErrNotFound)
	require.ErrorIs(t, r.ask(reqTerminate{"v#1"}).err, ErrNotFound)
	r.fails["w#3"] = 1
	require.Error(t, r.ask(reqInstance{}).err)
	require.ErrorIs(t, r.ask(reqTerminate{"w#3"}).err, ErrNotFound, "it was never up")
	for _, id := range []string{"w#", "w#01", "w#-1", "w#0", "w#1x", "w#99999999999999999999"} {
		assert.Error(t, r.ask(reqTerminate{id}).err, id)
	}
	assert.ErrorIs(t, booted(t, many, "a").ask(reqInstance{}).err, ErrNotSimpleOneForOne)
}

// OTP 34: The end of a simple_one_for_one stops all instances at once, with one timeout for all.
func TestInstancesStopTogether(t *testing.T) {
	r := simple(t, "w shutdown=10s", 4)
	r.hangs["w#2"], r.hangs["w#3"] = true, true
	before := r.now
	r.send(evStop{actor.ErrShutdown})
	r.took(words("stop w#4, stop w#3, stop w#2, stop w#1, kill w#3, kill w#2, over"))
	assert.Equal(t, 10*time.Second, r.now.Sub(before))
}

func TestInstancesAreKilledTogether(t *testing.T) {
	r := simple(t, "w shutdown=infinity", 2)
	r.send(evStop{actor.ErrShutdown})
	require.Error(t, r.over)
	r = simple(t, "w shutdown=brutal_kill", 2)
	r.send(evStop{actor.ErrShutdown})
	r.took(words("kill w#2, kill w#1, over"))
	w := newMachine(with(SimpleOneForOne), []ChildSpec{kid(t, "w shutdown=infinity")})
	w.step(r.now, evBoot{})
	for n := range life(2) {
		w.step(r.now, evRequest{tag(n + 1), reqInstance{}})
		w.step(r.now, evStarted{n + 1})
	}
	w.step(r.now, evStop{actor.ErrShutdown})
	assert.Equal(t, []action{acKill{2}, acKill{1}}, w.step(r.now, evKill{actor.ErrKilled}), "the parent's kill reaches those that are being stopped")
}

func TestCountAndWhichOfInstances(t *testing.T) {
	r := simple(t, "w", 3)
	require.NoError(t, r.ask(reqTerminate{"w#2"}).err)
	assert.Equal(t, Counts{Specs: 1, Active: 2, Workers: 2}, r.ask(reqCount{}).count)
	which := r.ask(reqWhich{}).which
	require.Len(t, which, 2)
	assert.Equal(t, "w#1", which[0].spec.ID, "by number")
}

// A terminated instance that waited for its retry is not counted any more; OTP 25 counts one too few for good.
func TestTerminatedRetryOfAnInstanceIsNotCounted(t *testing.T) {
	r := simple(t, "w", 1)
	r.fails["w#1"] = 1
	r.during["w#1"] = func() { r.events = append(r.events, evRequest{77, reqTerminate{"w#1"}}) }
	r.crash("w#1")
	require.NoError(t, r.replies[77].err)
	assert.Equal(t, Counts{Specs: 1}, r.ask(reqCount{}).count)
}

func TestNumbersThatWereNeverUp(t *testing.T) {
	var n instances
	for i := 1; i <= 3*mostSpans; i++ {
		n.take()
		if i%2 == 0 {
			n.never(i)
		}
	}
	assert.Len(t, n.idle, mostSpans)
	assert.True(t, n.was(3*mostSpans-1))
	assert.False(t, n.was(3*mostSpans))
	assert.False(t, n.was(3*mostSpans+1))
	assert.False(t, n.was(0))
	for range 100 {
		n.never(n.take())
	}
	assert.Len(t, n.idle, mostSpans, "numbers in a row are one span")
}
