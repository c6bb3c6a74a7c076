package procactor_test

import (
	"context"
	"slices"
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

// Each pair of Map comes with the cost of its own call, whatever runs beside it.
func TestMeasuresUnderMap(t *testing.T) {
	p := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 2})
	var m wire.Measures
	ctx := procactor.WithMeasures(t.Context(), &m)
	burns := slices.Repeat([]time.Duration{burning, 0}, 10)
	for _, err := range procactor.Map(ctx, burn.On(p), slices.Values(burns)) {
		require.NoError(t, err)
		if burns[0] > 0 {
			assert.GreaterOrEqual(t, m.Run, burning)
		}
		m, burns = wire.Measures{}, burns[1:]
	}
	assert.Empty(t, burns)
	require.NoError(t, misbehave.On(p).Cast(ctx, "error"))
	for range 20 { // by then the cast has failed
		_, err := square.On(p).Call(t.Context(), 3)
		require.NoError(t, err)
	}
	assert.Zero(t, m, "nobody waits for a cast")
}
