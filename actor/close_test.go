package actor_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(stop): System.Close stops everything in reverse order and names whatever did not stop.
func TestCloseInReverseOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		var mu sync.Mutex
		var order []string
		for _, name := range []string{"a", "b", "c"} {
			_, err := actor.Spawn(t.Context(), sys, name, func(self actor.Ref[int, int]) actor.Behavior[int, int] {
				return behavior[int, int]{terminate: func(reason error) {
					time.Sleep(time.Second) // the bubble's clock: were they stopped at once, the order would be open
					mu.Lock()
					defer mu.Unlock()
					order = append(order, self.Name())
					assert.Equal(t, actor.ErrShutdown, reason)
				}}
			})
			require.NoError(t, err)
		}
		require.NoError(t, sys.Close(t.Context()))
		assert.Equal(t, []string{"c", "b", "a"}, order)
		require.NoError(t, sys.Close(t.Context()), "again")
	})
}

func TestCloseNamesWhatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			name  string
			limit time.Duration // of the context; 0: none
			want  time.Duration // until Close returns
			is    error
		}{
			{"its own time", 0, actor.DefaultShutdown, nil},
			{"the context's", time.Second, time.Second, context.DeadlineExceeded},
		} {
			sys := newSystem(t)
			spawn(t, sys, "fine")
			stuck := spawn(t, sys, "stuck")
			pid, _ := stuck.PID()
			started, release := make(chan struct{}), make(chan struct{})
			require.NoError(t, stuck.Cast(t.Context(), block(started, release)))
			<-started
			ctx, cancel := context.Background(), func() {}
			if test.limit != 0 {
				ctx, cancel = context.WithTimeout(ctx, test.limit)
			}
			begin := time.Now()
			err := sys.Close(ctx)
			cancel()
			var closing *actor.CloseError
			require.ErrorAs(t, err, &closing, test.name)
			assert.Equal(t, []actor.PID{pid}, closing.Running, test.name)
			require.ErrorContains(t, err, "stuck@")
			assert.NotContains(t, err.Error(), "fine")
			assert.Equal(t, test.want, time.Since(begin), test.name)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
			close(release)
			synctest.Wait()
		}
	})
}
