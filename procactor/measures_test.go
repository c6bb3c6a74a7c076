package procactor_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// burn uses a processor for so long.
var burn = procactor.NewTask("burn", func(_ context.Context, d time.Duration) (int, error) {
	n := 0
	for end := time.Now().Add(d); time.Now().Before(end); {
		n++
	}
	return n, nil
})

// What a call cost in its worker reaches the caller who asked for it: a task
// that burns processor time shows at least as much of it as it burned.
func TestMeasures(t *testing.T) {
	t.Parallel()
	p := start(t, procactor.Self())
	var m wire.Measures
	ctx := procactor.WithMeasures(t.Context(), &m)
	_, err := burn.On(p).Call(ctx, burning)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, m.Run, burning)
	if fineClock {
		assert.Positive(t, m.Queue)
	}
	assert.Positive(t, m.CPU)

	m = wire.Measures{}
	_, err = misbehave.On(p).Call(ctx, "error")
	require.Error(t, err)
	if fineClock {
		assert.Positive(t, m.Run, "an error tells them, too")
	}

	m = wire.Measures{}
	_, err = burn.On(p).Call(t.Context(), 0)
	require.NoError(t, err)
	assert.Zero(t, m, "nobody asked")
}
