package procactor_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSetupRunsBeforeAndCleansUpAfter(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	sys := newSystem(t)
	p, err := procactor.Start(t.Context(), sys, "w", role(t, "set-up", fileVariable+"="+file))
	require.NoError(t, err)
	read := func() string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(text)
	}
	assert.Equal(t, "up first\nup second\n", read(), "before the start returns, in order")
	works(t, p)
	require.NoError(t, p.Stop(t.Context()))
	assert.Equal(t, "up first\nup second\ndown second\ndown first\n", read(), "the last first")
}

func TestSetupThatFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	sys := newSystem(t)
	_, err := procactor.Start(t.Context(), sys, "w", role(t, "set-up-fails", fileVariable+"="+file))
	var failure *actor.StartError
	require.ErrorAs(t, err, &failure)
	var setup *procactor.SetupError
	require.ErrorAs(t, err, &setup)
	assert.Equal(t, "the model file is missing", setup.Message)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "up first\ndown first\n", string(text), "what was set up is cleaned up")
}

func TestSetupThatPanics(t *testing.T) {
	_, err := procactor.Start(t.Context(), newSystem(t), "w", role(t, "set-up-panics"))
	var crash *actor.PanicError
	require.ErrorAs(t, err, &crash)
	assert.Equal(t, "no model", crash.Value)
}

func TestSetupThatEndsItsGoroutine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	_, err := procactor.Start(t.Context(), newSystem(t), "w", role(t, "set-up-exits", fileVariable+"="+file))
	var setup *procactor.SetupError
	require.ErrorAs(t, err, &setup)
	assert.Contains(t, setup.Message, "runtime.Goexit")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "up first\ndown first\n", string(text), "what was set up is cleaned up")
}

func TestSetupThatHangs(t *testing.T) {
	w := role(t, "set-up-hangs")
	w.StartTimeout = 50 * time.Millisecond
	_, err := procactor.Start(t.Context(), newSystem(t), "w", w)
	assert.ErrorIs(t, err, procactor.ErrStartTimeout)

	// A start that is given up, by its context or by the end of all.
	w.StartTimeout = 0
	ctx, cancel := context.WithCancel(t.Context())
	sys := newSystem(t)
	began := make(chan error, 1)
	go func() {
		_, err := procactor.Start(ctx, sys, "w", w)
		began <- err
	}()
	cancel()
	assert.ErrorIs(t, wait(t, "the start's end", began), context.Canceled)
}
