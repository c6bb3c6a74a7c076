package actor_test

import (
	"context"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/require"
)

// Whoever has waited for an actor's end can take its name at once.
func TestNameIsFreeWhenStopReturns(t *testing.T) {
	t.Parallel()
	sys := actor.NewSystem()
	defer sys.Close(t.Context()) //nolint:errcheck // nothing runs by then
	for range 5000 {
		_, err := actor.SpawnFunc(t.Context(), sys, "a", func(_ context.Context, n int) (int, error) { return n, nil })
		require.NoError(t, err)
		require.NoError(t, sys.Stop(t.Context(), "a"))
	}
}
