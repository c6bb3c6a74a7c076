package recipes

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// fakeThumbnails answers in this process what the workers would.
func fakeThumbnails(ctx context.Context, sys *actor.System) (actor.Ref[[]byte, []byte], error) {
	return actor.SpawnFunc(ctx, sys, "fake", func(_ context.Context, image []byte) ([]byte, error) { return image[:1], nil })
}

func TestAlbum(t *testing.T) {
	t.Parallel()
	sys := actor.NewSystem()
	fake, err := fakeThumbnails(t.Context(), sys)
	require.NoError(t, err)
	got, err := album(t.Context(), fake, "one", "two")
	require.NoError(t, err)
	assert.Equal(t, "ot", got)
	require.NoError(t, sys.Close(t.Context()))
}
