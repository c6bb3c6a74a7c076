package procactor_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor"
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
	var m procactor.Measures
	told := 0
	ctx := procactor.WithMeasures(t.Context(), func(cost procactor.Measures) { m, told = cost, told+1 })
	_, err := burn.On(p).Call(ctx, burning)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, m.Run, burning)
	if fineClock {
		assert.Positive(t, m.Queue)
	}
	assert.Positive(t, m.CPU)

	assert.Equal(t, 1, told)

	m = procactor.Measures{}
	_, err = misbehave.On(p).Call(ctx, "error")
	require.Error(t, err)
	if fineClock {
		assert.Positive(t, m.Run, "an error tells them, too")
	}

	assert.Equal(t, 2, told)

	_, err = burn.On(p).Call(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, 2, told, "nobody asked")
}

// Each pair of Map comes with the cost of its own call, whatever runs beside it.
func TestMeasuresUnderMap(t *testing.T) {
	p := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 2})
	var told []procactor.Measures // unguarded: nobody but this goroutine may write it
	ctx := procactor.WithMeasures(t.Context(), func(m procactor.Measures) { told = append(told, m) })
	burns := slices.Repeat([]time.Duration{burning, 0}, 10)
	for _, err := range procactor.Map(ctx, burn.On(p), slices.Values(burns)) {
		require.NoError(t, err)
		require.Len(t, told, 1, "of this pair")
		if burns[0] > 0 {
			assert.GreaterOrEqual(t, told[0].Run, burning)
		}
		told, burns = nil, burns[1:]
	}
	assert.Empty(t, burns)
	require.NoError(t, misbehave.On(p).Cast(ctx, "error"))
	for range 20 { // by then the cast has failed
		_, err := square.On(p).Call(t.Context(), 3)
		require.NoError(t, err)
	}
	assert.Empty(t, told, "nobody waits for a cast")
}

// Calls under one context each tell what they cost, in the goroutine that made them.
func TestMeasuresOfCallsAtOnce(t *testing.T) {
	p := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 2})
	var told atomic.Int32
	ctx := procactor.WithMeasures(t.Context(), func(procactor.Measures) { told.Add(1) })
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			_, err := burn.On(p).Call(ctx, 0)
			assert.NoError(t, err)
		})
	}
	calls.Wait()
	assert.EqualValues(t, 20, told.Load())
}
