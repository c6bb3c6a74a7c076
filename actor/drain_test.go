package actor_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(stop): Drain refuses new requests and finishes everything already admitted, including what that asks of other actors.
func TestDrainLetsWorkEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		// "a" is looked at before "z" gives it work.
		helper, worker := spawn(t, sys, "a"), spawn(t, sys, "z")
		go1, go2 := make(chan struct{}), make(chan struct{})
		helped := false
		worked := make(chan error, 1)
		go func() {
			_, err := worker.Call(t.Context(), func(ctx context.Context) (int, error) {
				<-go1
				if err := helper.Cast(ctx, func(context.Context) (int, error) {
					<-go2
					helped = true
					return 0, nil
				}); err != nil {
					return 0, err
				}
				return helper.Call(actor.NoWait(ctx), reply(6))
			})
			worked <- err
		}()
		synctest.Wait()

		drained := make(chan error, 1)
		go func() { drained <- sys.Drain(t.Context()) }()
		synctest.Wait()
		assert.True(t, sys.Draining())
		_, err := worker.Call(t.Context(), reply(1))
		requireCallError(t, err, actor.NotSent, actor.ErrDraining)
		requireCallError(t, worker.Cast(t.Context(), reply(1)), actor.NotSent, actor.ErrDraining)
		for _, err := range worker.Stream(t.Context(), reply(1)) {
			requireCallError(t, err, actor.NotSent, actor.ErrDraining)
		}

		close(go1)
		synctest.Wait()
		assert.Empty(t, drained, "the helper is still at it")
		close(go2)
		require.NoError(t, <-worked)
		require.NoError(t, <-drained)
		assert.True(t, helped)
	})
}

func TestDrainNamesWhoIsNotDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		spawn(t, sys, "idle")
		busy := spawn(t, sys, "busy")
		started, release := make(chan struct{}), make(chan struct{})
		require.NoError(t, busy.Cast(t.Context(), block(started, release)))
		<-started
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errPigeon)
		err := sys.Drain(ctx)
		require.ErrorIs(t, err, errPigeon)
		require.ErrorContains(t, err, "busy")
		assert.NotContains(t, err.Error(), "idle")
		close(release)
		require.NoError(t, sys.Drain(t.Context()))
	})
}
