package supervise

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// A test for each clause of OTP's supervisor, which the line "OTP n" above it
// names. docs/otp.md is made of these lines.

var many = Policy{Intensity: 100}

func with(s Strategy) Policy { return Policy{Strategy: s, Intensity: 100} }

// OTP 20: Boot starts the children one after the other, in order, and depth first; all specifications are checked before the first of them starts.
func TestBootStartsInOrder(t *testing.T) {
	r := newRig(t, many, "a", "b", "c")
	r.send(evBoot{})
	r.took(words("start a, start b, start c, up"))
}

// OTP 21: A boot that fails is not tried again, whatever the restart type of the child: what is up is stopped in reverse order, and the error goes to the parent.
func TestBootFailureStopsInReverseAndIsNotRetried(t *testing.T) {
	for _, restart := range []string{"permanent", "transient", "temporary"} {
		t.Run(restart, func(t *testing.T) {
			r := newRig(t, many, "a", "b", "c "+restart, "d")
			r.fails["c"] = 1
			r.send(evBoot{})
			r.took(words("start a, start b, fail c, stop b, stop a, over"))
			assert.EqualError(t, r.over, "no c")
		})
	}
}

// OTP 22: A child whose start is ignored keeps its specification and has no process, unless it is temporary: then it is forgotten; on a restart that ends the retrying, and is no failure.
func TestIgnoredChildKeepsItsSpecUnlessTemporary(t *testing.T) {
	r := newRig(t, many, "a", "b temporary", "c")
	r.ignores["a"], r.ignores["b"] = true, true
	r.send(evBoot{})
	assert.Equal(t, "a undefined, c running", r.states())
}

// OTP 1: A permanent child is restarted after every end, a transient one unless the reason is normal or shutdown, a temporary one never.
// OTP 3: A transient child that is not restarted keeps its specification, a temporary one loses it.
func TestRestartTypesDecide(t *testing.T) {
	reasons := []struct {
		name   string
		reason error
		normal bool
	}{
		{"normal", actor.ErrNormal, true},
		{"shutdown", actor.ErrShutdown, true},
		{"shutdown with a term", &plannedReason{"shutdown:x", actor.ErrShutdown}, true},
		{"crash", errCrash, false},
		{"killed", actor.ErrKilled, false},
	}
	for _, reason := range reasons {
		for _, tt := range []struct {
			restart   string
			restarted bool
			spec      bool
		}{
			{"permanent", true, true},
			{"transient", !reason.normal, true},
			{"temporary", false, false},
		} {
			t.Run(tt.restart+" after "+reason.name, func(t *testing.T) {
				r := booted(t, many, "a "+tt.restart)
				r.exit(reason.reason, "a")
				assert.Equal(t, tt.restarted, r.living["a"] != 0)
				assert.Equal(t, tt.spec, r.m.child("a") != nil)
			})
		}
	}
}

// OTP 6.
func TestOneForOneRestartsOne(t *testing.T) {
	r := booted(t, with(OneForOne), "a", "b", "c")
	r.crash("b").took(words("start b"))
}

// OTP 6: A group is stopped in reverse order, each child gone before the next is stopped, and then started in order.
func TestOneForAllStopsInReverseThenStartsInOrder(t *testing.T) {
	r := booted(t, with(OneForAll), "a", "b", "c")
	r.crash("b").took(words("stop c, stop a, start a, start b, start c"))

	r = booted(t, with(OneForAll), "a", "b", "c")
	r.hangs["a"], r.hangs["c"] = true, true
	r.crash("b").took(words("stop c, kill c, stop a, kill a, start a, start b, start c"))
}

// OTP 6.
func TestRestForOneLeavesThoseBefore(t *testing.T) {
	r := booted(t, with(RestForOne), "a", "b", "c", "d")
	r.crash("b").took(words("stop d, stop c, start b, start c, start d"))
	r.hangs["c"], r.hangs["d"] = true, true
	r.crash("b").took(words("stop d, kill d, stop c, kill c, start b, start c, start d"))
}

// OTP 7: A group restart starts every child of the group that is not temporary, also those that had ended, were terminated or were ignored.
func TestGroupRestartRevivesWhoWasDown(t *testing.T) {
	for _, strategy := range []Strategy{OneForAll, RestForOne} {
		r := newRig(t, with(strategy), "a", "done transient", "terminated", "ignored", "z")
		r.ignores["ignored"] = true
		r.send(evBoot{})
		r.ignores["ignored"] = false
		r.exit(actor.ErrNormal, "done")
		require.NoError(t, r.ask(reqTerminate{"terminated"}).err)
		r.took(nil)
		r.crash("a").took(words("stop z, start a, start done, start terminated, start ignored, start z"))
	}
}

// OTP 8: A temporary child that a group restart stops is not started again, and forgotten.
func TestGroupRestartForgetsTemporaries(t *testing.T) {
	r := booted(t, with(OneForAll), "a", "t temporary", "z")
	r.crash("a").took(words("stop z, stop t, start a, start z"))
	assert.Nil(t, r.m.child("t"))
}

// OTP 9: The crash of a temporary child and the normal end of a transient one never restart the group.
func TestEndsWithoutRestartDoNotTriggerTheStrategy(t *testing.T) {
	r := booted(t, with(OneForAll), "a", "x transient", "t temporary")
	r.crash("t").took(words(""))
	r.exit(actor.ErrNormal, "x").took(words(""))
}

// OTP 4: When a child is stopped, an exit of it that waits in the queue is swallowed: two crashes can be one restart.
func TestExitOfAStoppedChildIsSwallowed(t *testing.T) {
	tests := []struct {
		strategy Strategy
		crashed  []string
		want     string
	}{
		{OneForOne, []string{"a", "c"}, "start a, start c"},
		{OneForAll, []string{"a", "c"}, "stop b, start a, start b, start c"},
		{RestForOne, []string{"a", "c"}, "stop b, start a, start b, start c"},
		{RestForOne, []string{"c", "a"}, "start c, stop c, stop b, start a, start b, start c"},
	}
	for _, tt := range tests {
		t.Run(tt.strategy.String()+" "+tt.crashed[0], func(t *testing.T) {
			r := booted(t, with(tt.strategy), "a", "b", "c")
			r.crash(tt.crashed...).took(words(tt.want))
		})
	}
	t.Run("while another is stopped", func(t *testing.T) {
		r := booted(t, Policy{Strategy: OneForAll, Intensity: 2, Period: time.Hour}, "a", "b", "c")
		r.hangs["c"] = true
		r.crash("a", "b").took(words("stop c, kill c, start a, start b, start c"))
		r.crash("c")
		require.NoError(t, r.over, "these are two restarts")
		r.crash("c")
		require.Error(t, r.over)
	})
}

// OTP 2: An exit belongs to a life of a child, not to its id: those of lives that were replaced, or are unknown, are ignored.
func TestExitOfAReplacedLifeIsIgnored(t *testing.T) {
	r := booted(t, Policy{Intensity: NoRestarts}, "a")
	r.send(evExited{life: 999, reason: errCrash})
	r.took(words(""))
	assert.Equal(t, "a running", r.states())

	r = booted(t, Policy{Intensity: 1}, "a")
	replaced := r.living["a"]
	r.crash("a").took(words("start a"))
	r.send(evExited{life: replaced, reason: errCrash})
	r.took(words(""))
	assert.Equal(t, "a running", r.states())
	require.NoError(t, r.over)
}

// OTP 12: The supervisor gives up when there were more restarts than the intensity, this one included; intensity 0 allows none.
// OTP 13: The window of the period slides, and includes its end.
func TestIntensity(t *testing.T) {
	tests := []struct {
		name   string
		policy Policy
		gaps   []time.Duration // before each crash
		dies   bool
	}{
		{"the limit itself is allowed", Policy{Intensity: 3}, []time.Duration{0, 0, 0}, false},
		{"one more is not", Policy{Intensity: 3}, []time.Duration{0, 0, 0, 0}, true},
		{"zero is one in five seconds", Policy{}, []time.Duration{0, 5*time.Second + 1}, false},
		{"within five seconds", Policy{}, []time.Duration{0, 5 * time.Second}, true},
		{"none", Policy{Intensity: NoRestarts}, []time.Duration{0}, true},
		{"the window slides", Policy{Intensity: 2, Period: 300}, []time.Duration{0, 200, 200, 200}, false},
		{"the window does not begin anew", Policy{Intensity: 2, Period: 300}, []time.Duration{0, 200, 200, 100}, true},
		{"the window is inclusive", Policy{Intensity: 2, Period: 300}, []time.Duration{0, 150, 150}, true},
		{"only what is outside is forgotten", Policy{Intensity: 2, Period: 300}, []time.Duration{0, 200, 200, 50}, true},
		{"just outside", Policy{Intensity: 2, Period: 300}, []time.Duration{0, 150, 151}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := booted(t, tt.policy, "a")
			for i, gap := range tt.gaps {
				require.NoError(t, r.over, "crash %d", i)
				r.now = r.now.Add(gap)
				r.crash("a")
			}
			if !tt.dies {
				assert.NoError(t, r.over)
				return
			}
			var gaveUp *IntensityError
			require.ErrorAs(t, r.over, &gaveUp)
			assert.ErrorIs(t, r.over, actor.ErrShutdown)
			assert.NotErrorIs(t, r.over, errCrash)
			assert.Len(t, gaveUp.Deaths, gaveUp.Intensity+1)
			assert.Equal(t, Death{Child: "a", At: r.now, Reason: errCrash}, gaveUp.Deaths[gaveUp.Intensity])
		})
	}
}

// OTP 15: Whether the budget is used up is looked at before anything is stopped or started; the rest is then stopped in reverse order.
func TestGivingUpStopsTheRestInReverse(t *testing.T) {
	r := booted(t, Policy{Strategy: OneForAll, Intensity: NoRestarts}, "a", "b", "c")
	r.crash("b").took(words("give up, stop c, stop a, over"))
}

// OTP 14: There is one count for all children; a group restart counts once, each retry of a failed start once more, and what is done by hand never.
func TestGroupRestartCountsOnce(t *testing.T) {
	r := booted(t, Policy{Strategy: OneForAll, Intensity: 2}, "a", "b", "c")
	r.crash("a").crash("b")
	require.NoError(t, r.over)
	r.crash("c")
	assert.Error(t, r.over)
}

// OTP 14.
func TestWhatIsDoneByHandCountsNothing(t *testing.T) {
	r := booted(t, Policy{Intensity: 1}, "a")
	for _, req := range []request{
		reqTerminate{"a"}, reqRestart{"a"}, reqStart{kid(t, "x")}, reqTerminate{"x"}, reqDelete{"x"}, reqWhich{}, reqCount{},
	} {
		require.NoError(t, r.ask(req).err, "%T", req)
		assert.Zero(t, r.m.budget.usage().used, "%T", req)
	}
	r.crash("a")
	require.NoError(t, r.over)
	r.crash("a")
	assert.Error(t, r.over)
}

// OTP 23: A restart that fails is tried again, without a delay, behind what waits in the queue, and may use up the budget.
// OTP 14.
func TestFailedRestartIsRetriedAndCounts(t *testing.T) {
	r := booted(t, Policy{Intensity: 3}, "a", "b")
	r.fails["a"] = 2
	r.crash("a").took(words("fail a, fail a, start a"))
	r.fails["a"] = 1
	r.crash("a").took(words("give up, stop b, over"))
	var gaveUp *IntensityError
	require.ErrorAs(t, r.over, &gaveUp)
	assert.EqualError(t, gaveUp.Deaths[1].Reason, "no a", "a failed start is a death too")

	r = booted(t, many, "a", "b")
	r.fails["a"] = 1
	r.during["a"] = func() { r.ended("b", errCrash) }
	r.crash("a").took(words("fail a, start b, start a"))
}

// OTP 11: The retry of a group goes on at the child that failed under rest_for_one, and begins anew under one_for_all.
func TestRetryOfAGroup(t *testing.T) {
	tests := []struct {
		strategy Strategy
		want     string
	}{
		{RestForOne, "stop d, stop c, start b, fail c, start c, start d"},
		{OneForAll, "stop d, stop c, stop a, start a, start b, fail c, stop b, stop a, start a, start b, start c, start d"},
	}
	for _, tt := range tests {
		t.Run(tt.strategy.String(), func(t *testing.T) {
			r := booted(t, with(tt.strategy), "a", "b", "c", "d")
			r.fails["c"] = 1
			r.crash("b").took(words(tt.want))
		})
	}
}

// OTP 24: Retries of two children take turns, and an exit that came before a retry is handled before it.
// OTP 23.
func TestRetriesInterleaveWithWhatIsQueued(t *testing.T) {
	r := booted(t, many, "a", "b")
	r.fails["a"], r.fails["b"] = 2, 2
	r.crash("a", "b").took(words("fail a, fail b, fail a, fail b, start a, start b"))
}

// OTP 28: TerminateChild succeeds also when the child does not run, never restarts, counts or shuts down, and cancels a retry: whoever waited behind that child stays down.
func TestTerminateCancelsARetry(t *testing.T) {
	r := booted(t, with(OneForAll), "a", "b", "c")
	r.fails["b"] = 9
	r.during["b"] = func() { r.events = append(r.events, evRequest{77, reqTerminate{"b"}}) }
	r.crash("a").took(words("stop c, stop b, start a, fail b"))
	assert.NoError(t, r.replies[77].err)
	assert.Equal(t, "a running, b undefined, c undefined", r.states(), "the others stay down")
}

// OTP 25: A retry that finds its child terminated, or running, is dropped.
func TestStaleRetryIsDropped(t *testing.T) {
	terminate, restart := evRequest{77, reqTerminate{"a"}}, evRequest{78, reqRestart{"a"}}
	for _, tt := range []struct {
		name   string
		asked  []event
		want   string
		states string
	}{
		{"terminated", []event{terminate}, "fail a", "a undefined"},
		{"running", []event{terminate, restart}, "fail a, start a", "a running"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := booted(t, Policy{Intensity: 1}, "a")
			r.fails["a"] = 1
			r.during["a"] = func() { r.events = append(r.events, tt.asked...) }
			r.crash("a").took(words(tt.want))
			require.NoError(t, r.over)
			assert.Equal(t, tt.states, r.states())
			assert.Len(t, r.replies, len(tt.asked))
			for _, reply := range r.replies {
				assert.NoError(t, reply.err)
			}
		})
	}
}

// OTP 22.
// OTP 27: StartChild checks the specification, then the id: ErrAlreadyStarted when it runs, otherwise ErrAlreadyPresent; a start that fails forgets the specification and counts nothing.
func TestStartChild(t *testing.T) {
	start := func(r *rig, k string) error { return r.ask(reqStart{kid(t, k)}).err }
	t.Run("goes behind the others", func(t *testing.T) {
		r := booted(t, with(OneForAll), "a")
		require.NoError(t, start(r, "z"))
		r.took(nil)
		r.crash("a").took(words("stop z, start a, start z"))
	})
	t.Run("known and running", func(t *testing.T) {
		r := booted(t, many, "a")
		reply := r.ask(reqStart{kid(t, "a")})
		require.ErrorIs(t, reply.err, ErrAlreadyStarted)
		assert.Equal(t, r.living["a"], reply.life)
	})
	t.Run("a mistake in the spec comes before the id", func(t *testing.T) {
		r := booted(t, many, "a")
		for _, id := range []string{"a", "z"} {
			var wrong *SpecError
			require.ErrorAs(t, start(r, id+" significant"), &wrong)
		}
		assert.Equal(t, "a running", r.states())
	})
	t.Run("known and down", func(t *testing.T) {
		r := booted(t, many, "a")
		r.ask(reqTerminate{"a"})
		assert.ErrorIs(t, start(r, "a"), ErrAlreadyPresent)
	})
	t.Run("failing forgets the spec and counts nothing", func(t *testing.T) {
		r := booted(t, Policy{Strategy: OneForAll, Intensity: NoRestarts}, "a")
		r.fails["z"] = 1
		require.EqualError(t, start(r, "z"), "no z")
		assert.Equal(t, "a running", r.states())
		require.NoError(t, r.over)
		r = booted(t, Policy{Intensity: 1}, "a")
		r.fails["z"] = 1
		require.Error(t, start(r, "z"))
		r.crash("a")
		assert.NoError(t, r.over, "this is the first")
	})
	t.Run("ignored keeps the spec", func(t *testing.T) {
		r := booted(t, many)
		r.ignores["z"], r.ignores["t"] = true, true
		require.NoError(t, start(r, "z"))
		require.NoError(t, start(r, "t temporary"))
		assert.Equal(t, "z undefined", r.states())
	})
}

// OTP 28.
func TestTerminateChild(t *testing.T) {
	r := booted(t, Policy{Strategy: OneForAll, Intensity: NoRestarts}, "a", "b", "t temporary")
	require.NoError(t, r.ask(reqTerminate{"a"}).err)
	r.took(words("stop a"))
	require.NoError(t, r.ask(reqTerminate{"a"}).err, "again")
	require.NoError(t, r.ask(reqTerminate{"t"}).err)
	require.ErrorIs(t, r.ask(reqTerminate{"t"}).err, ErrNotFound)
	assert.Equal(t, "a undefined, b running", r.states())

	r = booted(t, Policy{Intensity: 1, AutoShutdown: AnySignificant}, "a", "x transient significant", "t temporary significant")
	for _, id := range []string{"a", "x", "t"} {
		require.NoError(t, r.ask(reqTerminate{id}).err)
		require.NoError(t, r.over, "none of them ends the supervisor")
	}
	require.NoError(t, r.ask(reqRestart{"a"}).err)
	r.crash("a")
	assert.NoError(t, r.over, "none of them has counted")
}

// OTP 29: RestartChild and DeleteChild want a child without a process: otherwise ErrRunning, ErrRestarting or ErrNotFound; a RestartChild that fails is not tried again.
func TestRestartChild(t *testing.T) {
	r := booted(t, Policy{Intensity: NoRestarts}, "a", "b")
	require.ErrorIs(t, r.ask(reqRestart{"a"}).err, ErrRunning)
	require.ErrorIs(t, r.ask(reqRestart{"z"}).err, ErrNotFound)
	r.ask(reqTerminate{"a"})
	r.fails["a"] = 1
	require.EqualError(t, r.ask(reqRestart{"a"}).err, "no a")
	assert.Equal(t, "a undefined, b running", r.states(), "not retried")
	reply := r.ask(reqRestart{"a"})
	require.NoError(t, reply.err)
	assert.Equal(t, r.living["a"], reply.life)
	assert.Equal(t, "a running, b running", r.states(), "it keeps its place")
}

// OTP 29.
func TestDeleteChild(t *testing.T) {
	r := booted(t, many, "a", "b")
	require.ErrorIs(t, r.ask(reqDelete{"a"}).err, ErrRunning)
	require.ErrorIs(t, r.ask(reqDelete{"z"}).err, ErrNotFound)
	r.ask(reqTerminate{"a"})
	require.NoError(t, r.ask(reqDelete{"a"}).err)
	assert.Equal(t, "b running", r.states())
}

// OTP 29.
// OTP 27.
func TestRestartingChildIsNeitherStartedNorDeleted(t *testing.T) {
	r := booted(t, many, "a")
	r.fails["a"] = 1
	r.during["a"] = func() {
		r.events = append(r.events, evRequest{1, reqRestart{"a"}}, evRequest{2, reqDelete{"a"}}, evRequest{3, reqStart{kid(t, "a")}},
			evRequest{4, reqWhich{}}, evRequest{5, reqCount{}})
	}
	r.crash("a")
	assert.ErrorIs(t, r.replies[1].err, ErrRestarting)
	assert.ErrorIs(t, r.replies[2].err, ErrRestarting)
	assert.ErrorIs(t, r.replies[3].err, ErrAlreadyPresent)
	assert.Equal(t, Restarting, r.replies[4].which[0].state)
	assert.Equal(t, Counts{Specs: 1, Workers: 1}, r.replies[5].count)
}

// OTP 30: WhichChildren lists the newest first, and CountChildren counts as active only who runs; a supervisor that is restarted has the children of its specification again.
func TestWhichAndCount(t *testing.T) {
	r := booted(t, many, "a", "s supervisor", "x transient")
	r.exit(actor.ErrNormal, "x")
	which := r.ask(reqWhich{}).which
	require.Len(t, which, 3)
	assert.Equal(t, "x", which[0].spec.ID, "the newest first")
	assert.Equal(t, Stopped, which[0].state)
	assert.Equal(t, SupervisorChild, which[1].spec.Type)
	assert.Equal(t, Counts{Specs: 3, Active: 2, Supervisors: 1, Workers: 2}, r.ask(reqCount{}).count)
}

// OTP 30.
func TestCountLeavesOutWhoseExitIsQueued(t *testing.T) {
	r := booted(t, many, "a", "b", "c")
	r.fails["a"] = 1
	r.during["a"] = func() {
		r.events = append(r.events, evRequest{1, reqCount{}})
		r.ended("b", errCrash)
	}
	r.crash("a")
	assert.Equal(t, Counts{Specs: 3, Active: 1, Workers: 3}, r.replies[1].count, "a is restarting, b is dead")
}
