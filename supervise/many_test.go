package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/tracelog"
	"github.com/proctor-dev/proctor/supervise"
)

// A large tree loses a random tenth of its children at once; the run "tree" of
// internal/long does this with 100,000.
func TestTreeOfManyChildren(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		const branches, leaves = 20, 100
		spec := supervise.Spec{Name: "top"}
		for i := range branches {
			branch := supervise.Spec{Name: fmt.Sprint("s", i), Policy: supervise.Policy{Intensity: leaves}}
			for k := range leaves {
				branch.Children = append(branch.Children, idle(fmt.Sprint("c", k)))
			}
			spec.Children = append(spec.Children, supervise.Child(branch))
		}
		sup, err := supervise.Start(t.Context(), sys, spec)
		require.NoError(t, err)
		lost := map[string]bool{}
		for _, n := range rand.Perm(branches * leaves)[:branches*leaves/10] { //nolint:gosec // no secret
			path := fmt.Sprintf("top/s%d/c%d", n/leaves, n%leaves)
			pid, ok := sys.PIDAt(path)
			require.True(t, ok)
			require.NoError(t, sys.Exit(pid, errCrash))
			lost[path] = true
		}
		synctest.Wait()
		seen := 0
		for _, branch := range snapshot(t, sup).Children {
			require.Zero(t, branch.Restarts)
			for _, c := range branch.Supervisor.Children {
				seen++
				path := branch.Supervisor.Path + "/" + c.ID
				assert.Equal(t, supervise.PhaseRunning, c.Phase, path)
				assert.Equal(t, lost[path], c.Restarts == 1, path)
			}
		}
		assert.Equal(t, branches*leaves, seen)
		require.NoError(t, sup.Stop(t.Context()))
		_, ok := sys.CellAt("top/s0/c0")
		assert.False(t, ok, "nothing is left")
	})
}

// Guarantee(stop): A supervisor that has to be killed takes everything beneath it along, in reverse order, before it is gone itself.
func TestKilledSupervisorTakesItsChildren(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := quiet()
		hold := make(chan struct{})
		deaf := supervise.Go("deaf", func(context.Context) error { <-hold; return nil })
		deaf.Shutdown = supervise.Infinity
		deep := supervise.Child(supervise.Spec{Name: "deep", Children: []supervise.ChildSpec{idle("x"), idle("y")}})
		inner := supervise.Child(supervise.Spec{Name: "inner", Children: []supervise.ChildSpec{idle("a"), deep, deaf}})
		inner.Shutdown = time.Minute
		sup := start(t, sys, supervise.Policy{}, idle("first"), inner)
		var seen tracelog.Log
		ended := follow(&seen, sup.Events(t.Context()))
		life := supervise.SupervisorAt(sys, "top/inner").PID()
		down := sys.Watch(t.Context(), life)
		began := time.Now()
		var left *actor.CloseError
		require.ErrorAs(t, sup.TerminateChild(t.Context(), "inner"), &left)
		require.Len(t, left.Running, 1)
		assert.Equal(t, "top/inner/deaf", left.Running[0].Name)
		assert.Equal(t, time.Minute, time.Since(began))
		require.ErrorIs(t, (<-down).Reason, actor.ErrKilled)
		for _, path := range []string{"top/inner", "top/inner/a", "top/inner/deep", "top/inner/deep/x", "top/inner/deaf"} {
			_, ok := sys.PIDAt(path)
			assert.False(t, ok, path)
		}
		_, ok := sys.PIDAt("top/first")
		assert.True(t, ok)
		synctest.Wait()
		assert.Equal(t, "top/inner/deaf stopped: killed, top/inner/deep/y stopped: killed, top/inner/deep/x stopped: killed, top/inner/deep ended: killed, "+
			"top/inner/deep stopped: killed, top/inner/a stopped: killed, top/inner ended: killed, top/inner stopped: killed", seen.Take())
		close(hold)
		synctest.Wait()
		require.NoError(t, sys.Close(t.Context()))
		<-ended
	})
}

// Whatever an older life still says is not heard: neither its end nor what
// its start comes to.
func TestEachLifeHasItsOwnIdentity(t *testing.T) {
	bubble(t, func(t *testing.T, sys *actor.System) {
		var slots []*actor.Slot
		child := custom("w", func(ctx context.Context, at *actor.Slot) error {
			slots = append(slots, at)
			return idle("w").Start(ctx, at)
		})
		sup := start(t, sys, supervise.Policy{Intensity: 5}, child)
		first, _ := sys.PIDAt("top/w")
		require.NoError(t, sys.Exit(first, errCrash))
		synctest.Wait()
		second, ok := sys.PIDAt("top/w")
		require.True(t, ok)
		require.NotEqual(t, first, second)

		require.ErrorIs(t, sys.Exit(first, errCrash), actor.ErrNoActor)
		slots[0].Kill(errors.New("of the past"))
		slots[0].Stop(errCrash)
		synctest.Wait()
		still, _ := sys.PIDAt("top/w")
		assert.Equal(t, second, still)
		assert.Equal(t, 1, snapshot(t, sup).Children[0].Restarts)
	})
}
