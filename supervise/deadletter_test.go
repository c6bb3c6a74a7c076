package supervise_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// A request that was cast to a supervisor, and waits for its turn when that
// ends, is a dead letter.
func TestCastThatNoSupervisorServesIsADeadLetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var letters []actor.DeadLetter
		sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)), actor.WithDeadLetters(func(l actor.DeadLetter) { letters = append(letters, l) }))
		hold := make(chan struct{})
		endless := supervise.Go("endless", func(context.Context) error { <-hold; return nil })
		endless.Shutdown = supervise.Infinity
		top := start(t, sys, supervise.Policy{}, idle("a"), endless)
		require.NoError(t, top.Ref().Cast(t.Context(), supervise.TerminateChild{ID: "endless"}))
		require.NoError(t, top.Ref().Cast(t.Context(), supervise.TerminateChild{ID: "a"}))
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, top.Stop(ctx), context.Canceled)
		close(hold)
		synctest.Wait()
		require.NoError(t, sys.Close(t.Context()))
		require.Len(t, letters, 1, "the other one was being carried out")
		assert.Equal(t, supervise.TerminateChild{ID: "a"}, letters[0].Request)
		assert.Equal(t, "top", letters[0].To.Name)
		require.ErrorIs(t, letters[0].Reason, actor.ErrNoActor)
	})
}
