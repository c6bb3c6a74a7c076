package supervise_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/otp/random"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// drawDefined draws a scenario that OTP defines, and its trace.
func drawDefined(t *rapid.T) (*scenario.Scenario, scenario.Trace) {
	seed, more := rapid.Uint64().Draw(t, "seed"), rapid.Uint64().Draw(t, "more")
	chance := rand.New(rand.NewPCG(seed, more))
	for {
		s := random.Scenario(chance)
		if trace, err := scenario.Run(s); err == nil && random.Defined(s, trace) {
			return s, trace
		}
	}
}

// Guarantee(restarts): Real supervisors do what the Simulator predicts: random scenarios give the same trace with goroutines as in virtual time, and no trace starts a live child, stops a dead one, miscounts restarts, or ends a supervisor before its children.
func TestRandomScenariosLive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, virtual := drawDefined(rt)
		if err := livesOtherwise(t, s, virtual); err != nil {
			s, err = smallest(t, s, err)
			text, _ := json.MarshalIndent(s, "", " ")
			rt.Fatalf("%v\n%s", err, text)
		}
	})
}

// livesOtherwise holds real supervisors against the trace, and both against
// what must always be.
func livesOtherwise(t *testing.T, s *scenario.Scenario, virtual scenario.Trace) error {
	lived := runLive(t, s)
	if err := scenario.Compare(virtual, lived, s.Unordered); err != nil {
		return err
	}
	if err := broken(s, virtual, false); err != nil {
		return err
	}
	return broken(s, lived, false)
}

// smallest leaves things out as long as something is wrong.
func smallest(t *testing.T, s *scenario.Scenario, wrong error) (*scenario.Scenario, error) {
	for {
		list, err := random.Smaller(s)
		require.NoError(t, err)
		found := false
		for _, c := range list {
			trace, err := scenario.Run(c)
			if err != nil || !random.Defined(c, trace) {
				continue
			}
			if err := livesOtherwise(t, c, trace); err != nil {
				s, wrong, found = c, err, true
				break
			}
		}
		if !found {
			return s, wrong
		}
	}
}

// What goes beyond OTP is simulated as it lives, too: delays, budgets of
// children, deciders, circuits, boots that go on, at the top of random scenarios.
func TestRandomScenariosBeyondOTPLive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, _ := drawDefined(rt)
		seed := rapid.Uint64().Draw(rt, "beyond")
		beyond := func(spec *supervise.Spec) { goBeyond(rand.New(rand.NewPCG(seed, 1)), spec) }
		tree := s.Supervisor.Spec(liveTop, nil)
		beyond(&tree)
		virtual, err := scenario.RunOn(tree, s)
		if err != nil {
			rt.Fatal(err)
		}
		lived := runBeyond(t, s, beyond)
		for _, err := range []error{
			scenario.Compare(virtual, lived, s.Unordered), broken(s, virtual, true), broken(s, lived, true),
		} {
			if err != nil {
				text, _ := json.MarshalIndent(s, "", " ")
				rt.Fatalf("%v\n%s\n%+v", err, text, tree)
			}
		}
	})
}

// Whoever waits in a supervisor whose start fails is answered before the one above
// goes on, in virtual time as it is live.
func TestWhoWaitsInAFailedStartLive(t *testing.T) {
	s, err := scenario.Parse([]byte(`{
		"supervisor": {"intensity": 5, "children": [{"id": "c", "supervisor": {"children": [{"id": "v"}, {"id": "w"}]}}]},
		"steps": [
			{"fail_starts": "c/w", "queue": [{"at": 1, "step": {"count_children": "c"}}]},
			{"exit": "c", "reason": "shutdown"},
			{"stop": "shutdown"}
		]
	}`))
	require.NoError(t, err)
	virtual, err := scenario.Run(s)
	require.NoError(t, err)
	require.NoError(t, livesOtherwise(t, s, virtual))
}

// goBeyond gives the top of a tree some of what OTP has not. No two delays end
// at one time, nor at that of anything else: their order would be open. Those of
// instances would, which are all made alike.
func goBeyond(chance *rand.Rand, spec *supervise.Spec) {
	spec.Policy.Circuit = chance.IntN(2) == 0
	if chance.IntN(2) == 0 {
		spec.Policy.Boot, spec.Policy.Period = supervise.BootRestart, time.Hour // so that it ends
	}
	for i := range spec.Children {
		c := &spec.Children[i]
		if chance.IntN(2) == 0 && spec.Policy.Strategy != supervise.SimpleOneForOne {
			c.Backoff = supervise.Backoff{Initial: 7001*time.Microsecond + time.Duration(i)*time.Microsecond, Factor: 3, Exact: true, Reset: time.Second}
		}
		if chance.IntN(3) == 0 {
			c.MaxRestarts = supervise.Budget{Intensity: []int{supervise.NoRestarts, 1, 2}[chance.IntN(3)]}
		}
		if chance.IntN(3) == 0 {
			c.Decider = supervise.Decider{
				{When: supervise.Match{Is: actor.ErrKilled}, Do: supervise.Verdict(chance.IntN(5))},
				{When: supervise.Match{StartFailed: true}, Do: []supervise.Verdict{supervise.ByType, supervise.DoRestart, supervise.DoStop, supervise.DoIgnore}[chance.IntN(4)]},
			}
		}
	}
}
