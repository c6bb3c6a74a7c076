//go:build !race

package actor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(memory): A call or a cast to an actor in the same process allocates nothing.
func TestNothingIsAllocated(t *testing.T) {
	ref, ctx := spawnSquare(t, newSystem(t)), context.Background()
	cancelable := t.Context()
	for name, run := range map[string]func() error{
		"call":                 func() error { _, err := ref.Call(ctx, 3); return err },
		"cast, then all calls": func() error { _ = ref.Cast(ctx, 3); _, err := ref.Call(ctx, 3); return err },
	} {
		t.Run(name, func(t *testing.T) {
			assert.Zero(t, testing.AllocsPerRun(1000, func() {
				if err := run(); err != nil {
					t.Error(err)
				}
			}))
		})
	}
	// One that can be canceled needs a context of its own for the handler.
	assert.LessOrEqual(t, testing.AllocsPerRun(1000, func() {
		_, err := ref.Call(cancelable, 3)
		require.NoError(t, err)
	}), 1.0)
}
