package actor_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCallersThatLeftTakeUpNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ref := spawn(t, newSystem(t), "a", actor.WithMailbox(mailbox.Config{Capacity: 2}))
		started, release := make(chan struct{}), make(chan struct{})
		require.NoError(t, ref.Cast(t.Context(), block(started, release)))
		<-started

		for round := range 2 { // what the first has pruned the second must not count
			caller, leave := context.WithCancel(t.Context())
			left := make(chan error, 2)
			for range 2 {
				go func() {
					_, err := ref.Call(caller, reply(1))
					left <- err
				}()
			}
			synctest.Wait()
			require.ErrorIs(t, ref.Cast(actor.NoWait(t.Context()), reply(2)), actor.ErrFull, "round %d", round)
			leave()
			requireCallError(t, <-left, actor.NotStarted, context.Canceled)
			requireCallError(t, <-left, actor.NotStarted, context.Canceled)
			require.NoError(t, ref.Cast(actor.NoWait(t.Context()), reply(3)))
			require.NoError(t, ref.Cast(actor.NoWait(t.Context()), reply(4)))
			require.ErrorIs(t, ref.Cast(actor.NoWait(t.Context()), reply(5)), actor.ErrFull)
			close(release)
			v, err := ref.Call(t.Context(), reply(6))
			require.NoError(t, err)
			assert.Equal(t, 6, v)
			started, release = make(chan struct{}), make(chan struct{})
			require.NoError(t, ref.Cast(t.Context(), block(started, release)))
			<-started
		}
		close(release)
	})
}
