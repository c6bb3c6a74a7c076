package supervise_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// risingSpec has a child b whose start fails so often, or waits for its ctx when
// that is negative.
func risingSpec(fails int64, backoff supervise.Backoff) supervise.Spec {
	var tries atomic.Int64
	b := custom("b", func(ctx context.Context, at *actor.Slot) error {
		switch n := tries.Add(1); {
		case fails < 0:
			<-ctx.Done()
			return ctx.Err()
		case n <= fails:
			return errCrash
		}
		return idle("b").Start(ctx, at)
	})
	return supervise.Spec{
		Name:     "top",
		Policy:   supervise.Policy{Intensity: 5, Boot: supervise.BootRestart, Backoff: backoff},
		Children: []supervise.ChildSpec{idle("a"), b, idle("c")},
	}
}

// Guarantee(restarts): With BootRestart, Start returns when all children are up, its ctx has ended, or the budget is used up; meanwhile the supervisor serves requests.
func TestBootRestartLive(t *testing.T) {
	exact := supervise.Backoff{Initial: time.Second, Exact: true}
	bubble(t, func(t *testing.T, sys *actor.System) {
		sup, err := supervise.Start(t.Context(), sys, risingSpec(3, exact))
		require.NoError(t, err)
		n, err := sup.CountChildren(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 3, n.Active)
		require.NoError(t, sup.Stop(t.Context()))

		_, err = supervise.Start(t.Context(), sys, risingSpec(1000, supervise.Backoff{}))
		var gaveUp *supervise.IntensityError
		require.ErrorAs(t, err, &gaveUp)
		assert.Len(t, gaveUp.Deaths, 6)
		require.ErrorIs(t, gaveUp.Deaths[0].Reason, errCrash)
		_, there := sys.CellAt("top")
		assert.False(t, there)

		tired := errors.New("tired")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 3*time.Second, tired)
		defer cancel()
		_, err = supervise.Start(ctx, sys, risingSpec(1000, exact))
		require.ErrorIs(t, err, tired)
	})
}

// Requests find the supervisor before Start has returned, by a handle and by a
// Ref, while a start hangs and while one waits.
func TestBootRestartServes(t *testing.T) {
	for name, fails := range map[string]int64{"a start that hangs": -1, "a start that waits": 2} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, sys *actor.System) {
				up := make(chan error, 1)
				go func() {
					_, err := supervise.Start(t.Context(), sys, risingSpec(fails, supervise.Backoff{Initial: time.Hour, Exact: true}))
					up <- err
				}()
				synctest.Wait()
				began := time.Now()
				top := supervise.SupervisorAt(sys, "top")
				reply, err := top.Ref().Call(t.Context(), supervise.CountChildren{})
				require.NoError(t, err)
				assert.Equal(t, 1, reply.Counts.Active)
				info, err := top.WhichChild(t.Context(), "b")
				require.NoError(t, err)
				assert.Equal(t, supervise.Restarting, info.State)
				assert.Zero(t, info.PID)
				require.NoError(t, top.TerminateChild(t.Context(), "a"))
				require.NoError(t, top.DeleteChild(t.Context(), "a"))
				snap, err := top.Snapshot(t.Context())
				require.NoError(t, err)
				assert.Equal(t, supervise.PhaseStarting, snap.Phase)
				assert.Equal(t, supervise.PhaseWaiting, snap.Children[1].Phase)
				require.NoError(t, top.TerminateChild(t.Context(), "b"))
				require.NoError(t, <-up)
				assert.Zero(t, time.Since(began), "nobody waited for b")
				require.NoError(t, top.Stop(t.Context()))
			})
		})
	}
}

// Beneath a supervisor that comes up, one that comes up is reached, too.
func TestBootRestartBeneath(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		inner := risingSpec(-1, supervise.Backoff{})
		inner.Name = "inner"
		up := make(chan error, 1)
		go func() {
			_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{supervise.Child(inner)}})
			up <- err
		}()
		synctest.Wait()
		require.NoError(t, supervise.SupervisorAt(sys, "top/inner").TerminateChild(t.Context(), "b"))
		require.NoError(t, <-up)
	})
}
