package supervise

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// slowly has the supervisor start a child until the gate opens, so that what is
// asked meanwhile waits.
func slowly(t *testing.T, sup *Supervisor) (gate chan struct{}) {
	t.Helper()
	gate = make(chan struct{})
	go func() { _, _ = sup.StartChild(context.Background(), gated("slow", gate)) }()
	synctest.Wait()
	return gate
}

// A change that came to nothing has made nobody known: the next one starts who
// is new.
func TestChangeThatCameToNothingNamesNobody(t *testing.T) {
	ab := Spec{Name: "top", Children: []ChildSpec{Go("a", untilAsked), Go("b", untilAsked)}}
	inBubble := func(name string, f func(t *testing.T, sup *Supervisor)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sys := actor.NewSystem()
				sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: ab.Children[:1]})
				require.NoError(t, err)
				f(t, sup)
				require.NoError(t, sup.Change(t.Context(), ab))
				pid, ok := sys.PIDAt("top/b")
				assert.True(t, ok, "b runs")
				assert.NotZero(t, pid)
				require.NoError(t, sys.Close(t.Context()))
			})
		})
	}
	inBubble("refused", func(t *testing.T, sup *Supervisor) {
		pool := Spec{Name: "top", Policy: Policy{Strategy: SimpleOneForOne}, Children: ab.Children[1:]}
		require.ErrorIs(t, sup.Change(t.Context(), pool), errOtherKind)
	})
	inBubble("taken back", func(t *testing.T, sup *Supervisor) {
		gate := slowly(t, sup)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- sup.Change(ctx, ab) }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		close(gate)
	})
}

// Whoever is new is seen when it is the turn of the change: a child that a request
// before it started is not started again.
func TestChangeSeesWhatWasAskedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem()
		a := Go("a", untilAsked)
		sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{a}})
		require.NoError(t, err)
		gate := slowly(t, sup)
		lives := 0
		x := Go("x", func(ctx context.Context) error { lives++; return untilAsked(ctx) })
		go func() { _, _ = sup.StartChild(context.Background(), x) }()
		synctest.Wait()
		go func() { _ = sup.Change(context.Background(), Spec{Name: "top", Children: []ChildSpec{a, x}}) }()
		synctest.Wait()
		close(gate)
		synctest.Wait()
		assert.Equal(t, 1, lives)
		require.NoError(t, sys.Close(t.Context()))
	})
}

// A start that the end of its supervisor has interrupted is not tried again for
// want of the right kind: by then the place may be another supervisor's.
func TestChangeThatIsInterruptedIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem()
		sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{Go("a", untilAsked)}})
		require.NoError(t, err)
		tries, other := 0, Actor("a", func(actor.Ref[int, int]) actor.Behavior[int, int] { return nil })
		start := other.Start
		other.Start = func(ctx context.Context, at *actor.Slot) error {
			tries++
			<-ctx.Done()
			return start(context.Background(), at)
		}
		go func() { _ = sup.Change(context.Background(), Spec{Name: "top", Children: []ChildSpec{other}}, "a") }()
		synctest.Wait()
		require.NoError(t, sup.Stop(t.Context()))
		assert.Equal(t, 1, tries)
		require.NoError(t, sys.Close(t.Context()))
	})
}
