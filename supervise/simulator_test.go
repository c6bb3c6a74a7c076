package supervise_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

func worker(id string) supervise.ChildSpec { return supervise.Go(id, nil) }

// simulated boots a tree.
func simulated(t *testing.T, p supervise.Policy, children ...supervise.ChildSpec) *supervise.Simulator {
	t.Helper()
	sim := supervise.NewSimulator(supervise.Spec{Name: "top", Policy: p, Children: children}, supervise.SimulatorOptions{})
	require.NoError(t, sim.Boot())
	return sim
}

func TestSimulatorAnswersAsASupervisorDoes(t *testing.T) {
	template := worker("w")
	pool := supervise.Child(supervise.Spec{Name: "pool", Policy: supervise.Policy{Strategy: supervise.SimpleOneForOne}, Children: []supervise.ChildSpec{template}})
	sim := simulated(t, supervise.Policy{}, worker("a"), pool)
	require.ErrorIs(t, sim.StartChild("", worker("a")), supervise.ErrAlreadyStarted)
	require.ErrorIs(t, sim.RestartChild("a"), supervise.ErrRunning)
	require.NoError(t, sim.TerminateChild("a"))
	require.ErrorIs(t, sim.StartChild("", worker("a")), supervise.ErrAlreadyPresent)
	require.NoError(t, sim.RestartChild("a"))
	require.ErrorIs(t, sim.DeleteChild("a"), supervise.ErrRunning)
	require.ErrorIs(t, sim.DeleteChild("nobody"), supervise.ErrNotFound)
	require.ErrorIs(t, sim.ResumeChild("a"), supervise.ErrNotOpen)
	var wrong *supervise.SpecError
	require.ErrorAs(t, sim.StartChild("", supervise.ChildSpec{ID: "x"}), &wrong)
	require.NoError(t, sim.FailStarts("x", supervise.FailPlan{Times: 1}))
	var failed *actor.StartError
	require.ErrorAs(t, sim.StartChild("", worker("x")), &failed)
	require.ErrorIs(t, sim.StartChild("a", worker("x")), actor.ErrNoActor)
	require.ErrorIs(t, sim.Exit(errCrash, "nobody"), actor.ErrNoActor)

	for _, want := range []string{"pool/w#1", "pool/w#2"} {
		instance, err := sim.StartInstance("pool")
		require.NoError(t, err)
		assert.Equal(t, want, instance)
	}
	require.NoError(t, sim.FailStarts("pool/w", supervise.FailPlan{Times: 1, How: supervise.FailIgnore}))
	instance, err := sim.StartInstance("pool")
	require.NoError(t, err)
	assert.Empty(t, instance)
	_, err = sim.StartInstance("")
	require.ErrorIs(t, err, supervise.ErrNotSimpleOneForOne)
	counts, err := sim.CountChildren("pool")
	require.NoError(t, err)
	assert.Equal(t, supervise.Counts{Specs: 1, Active: 2, Workers: 2}, counts)
	which, err := sim.WhichChildren("")
	require.NoError(t, err)
	require.Len(t, which, 2)
	assert.Equal(t, supervise.ChildInfo{ID: "pool", State: supervise.Running, Type: supervise.SupervisorChild}, which[0])

	to := supervise.Spec{Children: []supervise.ChildSpec{worker("a"), pool}}
	require.ErrorAs(t, sim.Change("", to, "nobody"), &wrong)
	require.NoError(t, sim.FailStarts("a", supervise.FailPlan{Times: 1}))
	require.ErrorAs(t, sim.Change("", to, "a"), &failed)
	require.ErrorAs(t, sim.Change("pool", to), &wrong, "another kind of supervisor")
	require.ErrorIs(t, sim.Change("a", to), actor.ErrNoActor)

	require.NoError(t, sim.Stop(nil))
	require.ErrorIs(t, sim.Stop(nil), actor.ErrNoActor)
	require.ErrorIs(t, sim.Change("", to), actor.ErrNoActor)
	_, err = sim.CountChildren("")
	require.ErrorIs(t, err, actor.ErrNoActor)
}

func TestSimulatorTellsWhyTheBootFailed(t *testing.T) {
	sim := supervise.NewSimulator(supervise.Spec{Children: []supervise.ChildSpec{worker("a"), worker("a")}}, supervise.SimulatorOptions{})
	var wrong *supervise.SpecError
	require.ErrorAs(t, sim.Boot(), &wrong)
	sim = supervise.NewSimulator(supervise.Spec{Children: []supervise.ChildSpec{worker("a")}}, supervise.SimulatorOptions{})
	require.NoError(t, sim.FailStarts("a", supervise.FailPlan{Times: 1, How: supervise.FailPanic}))
	var failed *actor.StartError
	require.ErrorAs(t, sim.Boot(), &failed)
	assert.Equal(t, supervise.Trace{
		{Kind: supervise.TraceStartFailed, Child: "a", Reason: "exception"},
		{Kind: supervise.TraceBoot, Result: "error:failed_to_start_child", Child: "a"},
	}, sim.Trace())
}

// The clock moves by Advance, and by whoever has to be killed: instances that hang
// share the wait.
func TestSimulatorClock(t *testing.T) {
	template := worker("w")
	template.Shutdown = time.Second
	pool := supervise.Child(supervise.Spec{Name: "pool", Policy: supervise.Policy{Strategy: supervise.SimpleOneForOne}, Children: []supervise.ChildSpec{template}})
	late := worker("late")
	late.Shutdown = 3 * time.Second
	sim := simulated(t, supervise.Policy{}, late, pool)
	for range 2 {
		_, err := sim.StartInstance("pool")
		require.NoError(t, err)
	}
	require.NoError(t, sim.Advance(time.Minute))
	for _, path := range []string{"late", "pool/w#1", "pool/w#2"} {
		require.NoError(t, sim.HangStop(path))
	}
	assert.Equal(t, time.Minute, sim.Now().Sub(supervise.Epoch()))
	require.NoError(t, sim.Stop(nil))
	assert.Equal(t, time.Minute+4*time.Second, sim.Now().Sub(supervise.Epoch()))
}

// A delay that is over while somebody is waited for is over at its time.
func TestSimulatorDelaysEndInTime(t *testing.T) {
	quick := worker("quick")
	quick.Backoff = supervise.Backoff{Initial: time.Second, Exact: true}
	late := worker("late")
	late.Shutdown = 3 * time.Second
	inner := supervise.Child(supervise.Spec{Name: "inner", Policy: supervise.Policy{Intensity: 10}, Children: []supervise.ChildSpec{quick}})
	sim := simulated(t, supervise.Policy{}, late, inner)
	require.NoError(t, sim.HangStop("late"))
	for range 2 {
		require.NoError(t, sim.Exit(errCrash, "inner/quick"))
	}
	require.NoError(t, sim.TerminateChild("late"))
	lines := sim.Trace()
	assert.Equal(t, supervise.Trace{
		{Kind: supervise.TraceStart, Child: "inner/quick"},
		{Kind: supervise.TraceStop, Child: "late", How: "timeout_kill"},
		{Kind: supervise.TraceReply, Step: 3, Result: "ok"},
	}, lines[len(lines)-3:])
	assert.Equal(t, 3*time.Second, sim.Now().Sub(supervise.Epoch()))
}

// Jitter is that of the seed.
func TestSimulatorIsDeterministic(t *testing.T) {
	play := func(seed uint64) time.Time {
		child := worker("a")
		child.Backoff = supervise.Backoff{Initial: time.Hour}
		sim := supervise.NewSimulator(supervise.Spec{Policy: supervise.Policy{Intensity: 10}, Children: []supervise.ChildSpec{child}}, supervise.SimulatorOptions{Seed: seed})
		require.NoError(t, sim.Boot())
		for range 2 {
			require.NoError(t, sim.Exit(errCrash, "a"))
		}
		require.NoError(t, sim.Advance(time.Hour))
		events := sim.Events()
		require.Equal(t, supervise.EventStarted, events[len(events)-1].Kind)
		return events[len(events)-1].At
	}
	first := play(1)
	assert.Equal(t, first, play(1))
	assert.NotEqual(t, first, play(2))
}

func TestSimulatorPlaysWhatGoesBeyondOTP(t *testing.T) {
	sim := simulated(t, supervise.Policy{Circuit: true}, worker("a"), worker("b"))
	for range 2 {
		require.NoError(t, sim.Exit(errCrash, "a"))
	}
	counts, err := sim.CountChildren("")
	require.NoError(t, err)
	assert.Equal(t, 1, counts.Active)
	require.NoError(t, sim.ResumeChild("a"))
	require.NoError(t, sim.Exit(actor.ErrNormal, "a"))
	killed := supervise.Child(supervise.Spec{Name: "s", Children: []supervise.ChildSpec{worker("x")}})
	killed.Shutdown = supervise.BrutalKill
	require.NoError(t, sim.StartChild("", killed))
	require.NoError(t, sim.TerminateChild("s"))
	lines := sim.Trace()
	assert.Equal(t, supervise.Trace{
		{Kind: supervise.TraceStop, Child: "s/x", How: "kill"},
		{Kind: supervise.TraceSupervisorExit, Supervisor: "s", Reason: "killed"},
		{Kind: supervise.TraceReply, Step: 6, Result: "ok"},
	}, lines[len(lines)-3:])
}

func TestSimulatorIsUsedRightly(t *testing.T) {
	fresh := supervise.NewSimulator(supervise.Spec{}, supervise.SimulatorOptions{})
	sim := simulated(t, supervise.Policy{}, worker("a"))
	for name, err := range map[string]error{
		"step before the boot": fresh.Advance(1),
		"second boot":          sim.Boot(),
		"time goes back":       sim.Advance(-1),
		"nobody exits":         sim.Exit(errCrash),
		"without a reason":     sim.Exit(nil, "a"),
		"killed supervisor":    sim.Exit(actor.ErrKilled, ""),
		"a queue of nothing":   sim.FailStarts("a", supervise.FailPlan{Times: 1, Queue: []supervise.QueuedRequest{{At: 1}}}),
		"negative times":       sim.FailStarts("a", supervise.FailPlan{Times: -1}),
		"nothing is asked for": sim.Request(supervise.QueuedRequest{}),
	} {
		var wrong *supervise.SimulatorError
		assert.ErrorAs(t, err, &wrong, name)
	}
	assert.Len(t, sim.Trace(), 2, "none of them was a step")

	for name, policy := range map[string]supervise.Policy{
		"at once":      {Intensity: 1 << 30},
		"within a day": {Intensity: 1 << 30, Backoff: supervise.Backoff{Initial: time.Millisecond, Max: time.Millisecond, Exact: true}},
	} {
		sim := supervise.NewSimulator(supervise.Spec{Policy: policy, Children: []supervise.ChildSpec{worker("a")}}, supervise.SimulatorOptions{MaxEvents: 1000})
		require.NoError(t, sim.Boot())
		require.NoError(t, sim.FailStarts("a", supervise.FailPlan{Times: 1 << 30}))
		err := errors.Join(sim.Exit(errCrash, "a"), sim.Advance(24*time.Hour))
		var wrong *supervise.SimulatorError
		require.ErrorAs(t, err, &wrong, name)
		require.ErrorAs(t, sim.Stop(nil), &wrong, name)
	}
}
