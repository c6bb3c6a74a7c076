package supervise

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// death is an end with a cause.
type death struct{ cause Cause }

func (death) Error() string      { return "death" }
func (d death) ExitCause() Cause { return d.cause }

func exit(code int) error        { return death{Cause{Exited: true, Code: code}} }
func signaled(name string) error { return death{Cause{Signal: name}} }

func TestCauses(t *testing.T) {
	assert.Equal(t, Cause{Err: errCrash}, CauseOf(errCrash))
	wrapped := fmt.Errorf("x: %w", exit(3))
	assert.Equal(t, Cause{Err: wrapped, Exited: true, Code: 3}, CauseOf(wrapped))
	failed := &actor.StartError{Name: "a", Err: signaled("SIGSEGV")}
	assert.Equal(t, Cause{Err: failed, Signal: "SIGSEGV", StartFailed: true}, CauseOf(failed))
	assert.Contains(t, CauseOf(actor.NewPanicError("boom")).Panic, "boom")
	assert.Equal(t, 3, CauseOf(&EscalateError{Child: "a", Reason: exit(3)}).Code, "what was escalated is known above")
}

// Beyond OTP: A Decider looks at the cause of an end, such as exit code, signal, want of memory, panic text or class of error, and has the child restarted, stopped, ignored, or the supervisor ended; the first rule that fits counts, otherwise the restart type.
func TestRules(t *testing.T) {
	d := Decider{
		{When: Match{Codes: []int{3, 4}}, Do: DoStop},
		{When: Match{Signals: []string{"SIGSEGV"}}, Do: DoEscalate},
		{When: Match{OOM: true}, Do: DoIgnore},
		{When: Match{Panic: "nil map"}, Do: DoRestart},
		{When: Match{StartFailed: true}, Do: DoStop},
		{When: Match{Is: actor.ErrNoConnection}, Do: DoRestart},
		{When: Match{Codes: []int{5}, OOM: true}, Do: DoStop},
		{When: Match{Codes: []int{0}}, Do: DoIgnore}, // of a process, and not of what has no code
	}
	for _, tt := range []struct {
		reason  error
		verdict Verdict
		rule    int
	}{
		{exit(4), DoStop, 1},
		{exit(5), ByType, 0},
		{signaled("SIGSEGV"), DoEscalate, 2},
		{signaled("SIGTERM"), ByType, 0},
		{death{Cause{OOM: true, Signal: "SIGKILL"}}, DoIgnore, 3},
		{actor.NewPanicError("assignment to entry in nil map"), DoRestart, 4},
		{actor.NewPanicError("other"), ByType, 0},
		{&actor.StartError{Name: "a", Err: errCrash}, DoStop, 5},
		{fmt.Errorf("x: %w", actor.ErrNoConnection), DoRestart, 6},
		{exit(125), DoStop, -1},
		{errCrash, ByType, 0},
		{exit(0), DoIgnore, 8},
	} {
		verdict, rule := d.decide(CauseOf(tt.reason))
		assert.Equal(t, tt.verdict, verdict, "%v", tt.reason)
		assert.Equal(t, tt.rule, rule, "%v", tt.reason)
	}
	verdict, _ := Decider{}.decide(CauseOf(exit(PermanentFailure)))
	assert.Equal(t, DoStop, verdict, "a decider without rules has the one about 125")
	verdict, _ = Decider(nil).decide(CauseOf(exit(PermanentFailure)))
	assert.Equal(t, ByType, verdict, "none is as in OTP")
}

// decided boots "a" under that verdict about exit code 1, with a sibling.
func decided(t *testing.T, v Verdict, kid string) *rig {
	p := Policy{Strategy: OneForAll, Intensity: NoRestarts, AutoShutdown: AnySignificant, Decider: Decider{{When: Match{Codes: []int{1}}, Do: v}}}
	if v == DoRestart {
		p.Intensity = 1
	}
	return booted(t, p, kid, "z")
}

func TestVerdicts(t *testing.T) {
	t.Run("restart, whatever the type, and that counts", func(t *testing.T) {
		r := decided(t, DoRestart, "a temporary")
		r.exit(exit(1), "a").took(words("stop z, start a, start z"))
		r.exit(exit(1), "a")
		assert.Error(t, r.over)
	})
	t.Run("stop", func(t *testing.T) {
		r := decided(t, DoStop, "a")
		r.exit(exit(1), "a").took(words(""))
		assert.Equal(t, "a undefined, z running", r.states())
		require.NoError(t, r.ask(reqRestart{"a"}).err, "somebody can start it again")
	})
	t.Run("stop of a significant child", func(t *testing.T) {
		r := decided(t, DoStop, "a transient significant")
		r.exit(exit(1), "a").took(words("stop z, over"))
	})
	t.Run("ignore", func(t *testing.T) {
		r := decided(t, DoIgnore, "a transient significant")
		r.exit(exit(1), "a").took(words(""))
		assert.Equal(t, "a undefined, z running", r.states())
	})
	t.Run("escalate", func(t *testing.T) {
		r := decided(t, DoEscalate, "a")
		r.exit(exit(1), "a").took(words("stop z, over"))
		var escalated *EscalateError
		require.ErrorAs(t, r.over, &escalated)
		assert.Equal(t, "a", escalated.Child)
		assert.False(t, actor.IsNormal(r.over), "a crash for the supervisor above, also of a transient one")
		assert.False(t, actor.IsNormal(&EscalateError{Child: "a", Reason: actor.ErrNormal}))
	})
	t.Run("a child's own", func(t *testing.T) {
		r := decided(t, DoEscalate, "a")
		r.m.children.first.spec.Decider = Decider{}
		r.exit(exit(125), "a").took(words(""))
		assert.NoError(t, r.over)
	})
}

// Beyond OTP: A Decider is asked about a restart that failed, too: it can end the retrying.
func TestVerdictsOnFailedRestarts(t *testing.T) {
	for _, tt := range []struct {
		do   Verdict
		want string
	}{
		{DoStop, "fail b"},
		{DoIgnore, "fail b"},
		{DoEscalate, "fail b, stop a, over"},
		{ByType, "fail b, fail b, start b, start c"},
	} {
		t.Run(tt.do.String(), func(t *testing.T) {
			p := with(RestForOne)
			p.Decider = Decider{{When: Match{StartFailed: true}, Do: tt.do}}
			r := booted(t, p, "a", "b", "c")
			r.fails["b"] = 2
			r.crash("b").took(append(words("stop c"), words(tt.want)...))
		})
	}
}

// shut is an end for a shutdown that has a class of its own besides.
type shut struct{}

func (shut) Error() string        { return "shut" }
func (shut) Unwrap() error        { return actor.ErrShutdown }
func (shut) Is(target error) bool { return target == errCrash }

// Beyond OTP: What one level escalates the next can escalate by the same rule, be it about an exit code, a signal, want of memory, a panic, a failed restart or a class of error.
func TestEscalationClimbs(t *testing.T) {
	for name, tt := range map[string]struct {
		when   Match
		reason error
	}{
		"class":                 {Match{Is: errCrash}, errCrash},
		"class that is wrapped": {Match{Is: errCrash}, fmt.Errorf("x: %w", errCrash)},
		"class by its own Is":   {Match{Is: errCrash}, shut{}},
		"class of ours":         {Match{Is: actor.ErrKilled}, fmt.Errorf("%w: x", actor.ErrKilled)},
		"giving up":             {Match{}, &IntensityError{}},
		"exit code":             {Match{Codes: []int{3}}, exit(3)},
		"signal":                {Match{Signals: []string{"SIGSEGV"}}, signaled("SIGSEGV")},
		"memory":                {Match{OOM: true}, death{Cause{OOM: true}}},
		"panic":                 {Match{Panic: "boom"}, actor.NewPanicError("boom")},
		"failed restart":        {Match{StartFailed: true}, &actor.StartError{Name: "a", Err: errCrash}},
		"class of that":         {Match{Is: errCrash}, &actor.StartError{Name: "a", Err: errCrash}},
	} {
		t.Run(name, func(t *testing.T) {
			rules := Policy{Intensity: 5, Decider: Decider{{When: tt.when, Do: DoEscalate}}}
			spec := Spec{Name: "top", Policy: rules, Children: []ChildSpec{
				Child(Spec{Name: "b", Policy: rules, Children: []ChildSpec{
					Child(Spec{Name: "c", Policy: rules, Children: []ChildSpec{Go("w", nil)}}),
				}}),
			}}
			sim := NewSimulator(spec, SimulatorOptions{})
			require.NoError(t, sim.Boot())
			require.NoError(t, sim.Exit(tt.reason, "b/c/w"))
			var chain []string
			var last error
			for _, e := range sim.Events() {
				if e.Kind == EventEscalated {
					chain, last = append(chain, e.Supervisor+" for "+e.Child), e.Reason
				}
			}
			assert.Equal(t, []string{"top/b/c for w", "top/b for c", "top for b"}, chain)
			require.ErrorIs(t, last, tt.reason)
			assert.False(t, actor.IsNormal(last))
			require.NotErrorIs(t, last, actor.ErrShutdown)
			require.NotErrorIs(t, last, actor.ErrNormal)
			var inside *IntensityError
			assert.NotErrorAs(t, last, &inside, "that it gave up is not said of those above")
		})
	}
}

// Where no rule fits, the restart type decides, for which an escalated end is a
// crash.
func TestEscalationEndsWhereNoRuleFits(t *testing.T) {
	for _, tt := range []struct {
		when   Match
		reason error
	}{
		{Match{Is: actor.ErrNormal}, actor.ErrNormal},
		{Match{Is: actor.ErrShutdown}, fmt.Errorf("%w: by itself", actor.ErrShutdown)},
		{Match{Is: actor.ErrShutdown}, &IntensityError{}},
	} {
		rules := Policy{Intensity: 5, Decider: Decider{{When: tt.when, Do: DoEscalate}}}
		inner := Child(Spec{Name: "b", Policy: rules, Children: []ChildSpec{Go("w", nil)}})
		inner.Restart = Transient
		sim := NewSimulator(Spec{Name: "top", Policy: rules, Children: []ChildSpec{inner}}, SimulatorOptions{})
		require.NoError(t, sim.Boot())
		require.NoError(t, sim.Exit(tt.reason, "b/w"))
		which, err := sim.WhichChildren("")
		require.NoError(t, err)
		require.Len(t, which, 1)
		assert.Equal(t, Running, which[0].State, "%v", tt.reason)
		assert.True(t, slices.ContainsFunc(sim.Events(), func(e Event) bool { return e.Supervisor == "top" && e.Kind == EventRestart }))
	}
}

// A Decider has no say at the boot: its failure is that of the supervisor.
func TestDeciderIsNotAskedAtBoot(t *testing.T) {
	p := many
	p.Decider = Decider{{Do: DoIgnore}}
	r := newRig(t, p, "a")
	r.fails["a"] = 1
	r.send(evBoot{})
	assert.Error(t, r.over)
}

func TestReportsNameTheRule(t *testing.T) {
	r := decided(t, DoStop, "a")
	r.news = nil
	r.exit(exit(1), "a")
	require.NotEmpty(t, r.news)
	assert.Equal(t, EventExited, r.news[0].kind)
	assert.Equal(t, DoStop, r.news[0].verdict)
	assert.Equal(t, 1, r.news[0].rule)
	assert.ErrorIs(t, r.news[0].err, exit(1))
}
