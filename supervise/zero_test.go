package supervise_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// What nobody made answers with an error, and does not panic.
func TestZeroValues(t *testing.T) {
	ctx := t.Context()
	var s supervise.Supervisor
	_, err := s.WhichChildren(ctx)
	require.ErrorIs(t, err, actor.ErrNoActor)
	_, err = s.Snapshot(ctx)
	require.ErrorIs(t, err, actor.ErrNoActor)
	require.ErrorIs(t, s.Err(), actor.ErrNoActor)
	require.NoError(t, s.Stop(ctx), "it is over")
	for range s.Events(ctx) {
		assert.Fail(t, "nobody decides")
	}
	<-s.Done()
	_, err = s.Ref().Call(ctx, supervise.WhichChildren{})
	require.ErrorIs(t, err, actor.ErrNoActor)
	require.ErrorIs(t, s.Ref().Cast(ctx, supervise.WhichChildren{}), actor.ErrNoActor)
	var wrong *supervise.SimulatorError
	var sim supervise.Simulator
	for _, err := range []error{
		sim.Boot(), sim.FailStarts("a", supervise.FailPlan{Times: 1}), sim.HangStop("a"), sim.Exit(actor.ErrNormal, "a"), sim.Advance(1), sim.Stop(nil),
	} {
		require.ErrorAs(t, err, &wrong)
	}
}

func TestNilFunctionsAreFailedStarts(t *testing.T) {
	sys := actor.NewSystem()
	defer sys.Close(context.Background()) //nolint:errcheck // nothing runs
	for _, c := range []supervise.ChildSpec{supervise.Go("a", nil), supervise.Every("a", supervise.Interval(time.Hour), nil)} {
		_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{c}})
		var wrong *supervise.SpecError
		require.ErrorAs(t, err, &wrong)
		assert.Equal(t, "a", wrong.Child)
	}
}

// nilError is returned as a pointer that is nil, the usual slip, and so panics
// when it is asked for its text.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

func TestErrorThatPanicsIsShown(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		slip := supervise.Go("a", func(context.Context) error { var none *nilError; return none })
		slip.Restart = supervise.Temporary
		other := supervise.Go("b", func(context.Context) error { var none *nilError; return none })
		sup := start(t, sys, supervise.Policy{Intensity: supervise.NoRestarts, Circuit: true}, slip, other)
		synctest.Wait()
		snap, err := sup.Snapshot(t.Context())
		require.NoError(t, err)
		require.Len(t, snap.Children, 1)
		assert.True(t, snap.Children[0].CircuitOpen)
		assert.NotEmpty(t, snap.Children[0].LastReason)
	})
}
