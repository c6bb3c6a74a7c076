package procactor

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pool knows of a worker's end before anybody else can see it. One that stops
// and takes note in between still returns as soon as the worker is gone, and not
// at the end of its patience.
func TestPoolStopsWhenItsLastWorkerIsSeenGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
		defer func() { require.NoError(t, sys.Close(context.Background())) }()
		cell, life, err := actor.Begin(sys, "pool", func() *poolCell {
			return &poolCell{dispatcher: newDispatcher(sys, "pool", mailbox.Config{}, 1)}
		})
		require.NoError(t, err)
		w := Inside(pipesInMemory, 0, NewTask("nothing", func(context.Context, int) (int, error) { return 0, nil }))
		r := newPoolRun(cell.dispatcher, life, w, PoolConfig{Size: 1})
		r.slots[0] = r.slot("pool#1", func(d actor.Down) {
			r.exited(0, d.Reason)
			synctest.Wait() // until the pool has taken note, and waits for what comes next
		})
		require.NoError(t, r.boot(t.Context()))
		began := time.Now()
		r.stopAll()
		assert.Zero(t, time.Since(began), "of the bubble's clock")
		life.End(actor.ErrShutdown)
	})
}
