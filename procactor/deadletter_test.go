package procactor_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A cast to a worker or a pool that waits in vain is a dead letter; one that
// began is none.
func TestCastsThatNoWorkerBeginsAreDeadLetters(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(t *testing.T, sys *actor.System) procactor.Host{
		"process": func(t *testing.T, sys *actor.System) procactor.Host { return begin(t, sys, "w", quick()) },
		"pool": func(t *testing.T, sys *actor.System) procactor.Host {
			p, err := procactor.StartPool(t.Context(), sys, "w", quick(), procactor.PoolConfig{Size: 1})
			require.NoError(t, err)
			return p
		},
		"full pool": func(t *testing.T, sys *actor.System) procactor.Host {
			p, err := procactor.StartPool(t.Context(), sys, "w", quick(), procactor.PoolConfig{
				Size: 1, Mailbox: mailbox.Config{Capacity: 1, Overflow: mailbox.DropOldest},
			})
			require.NoError(t, err)
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			letters := make(chan actor.DeadLetter, 10)
			sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)), actor.WithDeadLetters(func(l actor.DeadLetter) { letters <- l }))
			t.Cleanup(func() { require.NoError(t, sys.Close(context.Background())) })
			h := begin(t, sys)
			s := newStage(t)
			require.NoError(t, puppet.On(h).Cast(t.Context(), s.part("begins")))
			s.next(t)
			for n := range 2 {
				require.NoError(t, square.On(h).Cast(t.Context(), n))
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			require.ErrorIs(t, stop(ctx, h), context.Canceled)
			got := map[any]error{}
			for range 2 {
				l := wait(t, "a dead letter", letters)
				got[l.Request] = l.Reason
				assert.Contains(t, []string{"w", "w#1"}, l.To.Name)
			}
			require.Len(t, got, 2)
			for n, err := range got {
				require.ErrorIs(t, err, actor.ErrNotStarted)
				if name == "full pool" && n == 0 {
					require.ErrorIs(t, err, actor.ErrFull)
				} else {
					require.ErrorIs(t, err, actor.ErrNoActor)
				}
			}
			require.NoError(t, sys.Close(t.Context()))
			assert.Empty(t, letters, "what had begun is none")
			require.Error(t, errors.Unwrap(square.On(h).Cast(t.Context(), 1)), "what is refused is none")
			assert.Empty(t, letters)
		})
	}
}
