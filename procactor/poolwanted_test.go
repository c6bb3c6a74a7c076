package procactor

import (
	"context"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pipesInMemory is the wire of a worker that is no process.
func pipesInMemory() (parent, worker Ends) {
	toWorker, fromParent := io.Pipe()
	toParent, fromWorker := io.Pipe()
	return Ends{toParent, fromParent}, Ends{toWorker, fromWorker}
}

// endWorker ends the only worker of the pool.
func endWorker(t *testing.T, sys *actor.System, pool *Pool) {
	t.Helper()
	down := sys.Watch(t.Context(), pool.Workers()[0].PID)
	require.NoError(t, sys.Exit(pool.Workers()[0].PID, actor.ErrShutdown))
	<-down
}

// A pool that could not start its worker for long, while nobody called, tries
// again within a second of virtual time when somebody does.
func TestACallShortensTheBackoff(t *testing.T) {
	double := NewTask("double", func(_ context.Context, n int) (int, error) { return 2 * n, nil })
	for range 5 { // the backoff has a jitter
		synctest.Test(t, func(t *testing.T) {
			good := Inside(pipesInMemory, 0, double)
			var broken atomic.Bool
			w := Worker{inside: func() (spawned, error) {
				if broken.Load() {
					return spawned{}, errTest
				}
				return good.inside()
			}}
			sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
			defer func() { require.NoError(t, sys.Close(context.Background())) }()
			pool, err := StartPool(t.Context(), sys, "pool", w, PoolConfig{Size: 1})
			require.NoError(t, err)
			broken.Store(true)
			endWorker(t, sys, pool)
			time.Sleep(10 * time.Minute) // of the bubble
			broken.Store(false)
			began := time.Now()
			got, err := double.On(pool).Call(t.Context(), 21)
			require.NoError(t, err)
			assert.Equal(t, 42, got)
			assert.LessOrEqual(t, time.Since(began), mostWanted)
		})
	}
}

// While a call waits, a start that fails again and again is tried each second.
func TestAWaitingCallKeepsTheBackoffShort(t *testing.T) {
	double := NewTask("double", func(_ context.Context, n int) (int, error) { return 2 * n, nil })
	synctest.Test(t, func(t *testing.T) {
		good := Inside(pipesInMemory, 0, double)
		var tries atomic.Int64
		var broken atomic.Bool
		w := Worker{inside: func() (spawned, error) {
			if tries.Add(1); broken.Load() {
				return spawned{}, errTest
			}
			return good.inside()
		}}
		sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
		defer func() { require.NoError(t, sys.Close(context.Background())) }()
		pool, err := StartPool(t.Context(), sys, "pool", w, PoolConfig{Size: 1})
		require.NoError(t, err)
		broken.Store(true)
		endWorker(t, sys, pool)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err = double.On(pool).Call(ctx, 21)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.GreaterOrEqual(t, tries.Load(), int64(3600))
	})
}
