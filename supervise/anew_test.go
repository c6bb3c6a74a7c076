package supervise_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// OTP 19: The budgets of nested supervisors multiply: each life of the inner one has its own.
func TestBudgetsMultiply(t *testing.T) {
	inner := supervise.Child(supervise.Spec{
		Name: "s", Policy: supervise.Policy{Intensity: 3}, Children: []supervise.ChildSpec{worker("a")},
	})
	sim := simulated(t, supervise.Policy{Intensity: 2}, inner)
	for range (3 + 1) * (2 + 1) {
		require.NoError(t, sim.Exit(errCrash, "s/a"))
	}
	require.ErrorIs(t, sim.Exit(errCrash, "s/a"), actor.ErrNoActor, "that was the last life")
	_, err := sim.CountChildren("")
	assert.ErrorIs(t, err, actor.ErrNoActor)
}

// OTP 18.
// OTP 19.
// OTP 30.
func TestRestartedSupervisorHasItsSpecAgain(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		crash := make(chan struct{})
		idle := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		fragile := func(ctx context.Context) error {
			select {
			case <-crash:
				return errCrash
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		start(t, sys, supervise.Policy{Intensity: 5}, supervise.Child(supervise.Spec{
			Name: "inner", Policy: supervise.Policy{Intensity: 1},
			Children: []supervise.ChildSpec{supervise.Go("a", idle), supervise.Go("b", fragile)},
		}))
		inner := supervise.SupervisorAt(sys, "top/inner")
		_, err := inner.StartChild(t.Context(), supervise.Go("dynamic", idle))
		require.NoError(t, err)
		require.NoError(t, inner.TerminateChild(t.Context(), "a"))
		require.NoError(t, inner.DeleteChild(t.Context(), "a"))
		assert.Equal(t, []string{"dynamic", "b"}, ids(t, inner))
		life := inner.PID()
		crash <- struct{}{}
		crash <- struct{}{} // one more than inner allows
		synctest.Wait()
		second := inner.PID()
		assert.NotEqual(t, life, second)
		assert.Equal(t, []string{"b", "a"}, ids(t, inner), "the children of its spec, the newest first")
		crash <- struct{}{}
		synctest.Wait()
		children, err := inner.WhichChildren(t.Context())
		require.NoError(t, err)
		assert.Equal(t, supervise.Running, children[0].State)
		assert.Equal(t, second, inner.PID(), "its count began anew, too")
	})
}

func ids(t *testing.T, s *supervise.Supervisor) []string {
	t.Helper()
	children, err := s.WhichChildren(t.Context())
	require.NoError(t, err)
	list := make([]string, 0, len(children))
	for _, c := range children {
		list = append(list, c.ID)
	}
	return list
}
