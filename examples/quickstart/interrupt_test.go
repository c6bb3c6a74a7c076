package main

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFirstSignalEndsSecondKills(t *testing.T) {
	t.Parallel()
	signals, done := make(chan os.Signal), make(chan struct{})
	ended, killed := make(chan struct{}), make(chan struct{})
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		obey(signals, done, func() { close(ended) }, func() { close(killed) })
	}()
	signals <- os.Interrupt
	<-ended
	select {
	case <-killed:
		assert.Fail(t, "the first signal killed")
	default:
	}
	signals <- os.Interrupt
	<-killed
	<-returned
}

func TestStopWithoutSignal(t *testing.T) {
	t.Parallel()
	ctx, stop := interruptible(t.Context(), func() { t.Error("killed") })
	assert.NoError(t, ctx.Err())
	stop()
	stop() // twice is as once
	assert.ErrorIs(t, context.Cause(ctx), context.Canceled)
}
