package procactor_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/askers"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever hears of the death of a worker, by the error of its call or by a Down,
// finds that the worker's supervisor knows.
func TestSupervisorKnowsFirstOfADeadWorker(t *testing.T) {
	const lives = 12
	sys := newSystem(t)
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top"})
	require.NoError(t, err)
	spec := procactor.ProcessChild("w", procactor.Self())
	spec.Restart = supervise.Temporary
	s := newStage(t)
	for range lives {
		pid, err := sup.StartChild(t.Context(), spec)
		require.NoError(t, err)
		running := call(t.Context(), puppet.On(procactor.HostAt(sys, "top/w")), s.part("last"))
		player := s.next(t)
		var wg sync.WaitGroup
		for n := range askers.Questions() {
			for _, down := range []<-chan actor.Down{sys.Watch(t.Context(), pid), sys.WatchAt(t.Context(), pid.Name)} {
				wg.Go(func() {
					<-down
					assert.NoError(t, askers.Ask(t.Context(), sup, pid, n), "by a Down")
				})
			}
		}
		wg.Go(func() {
			assert.Error(t, (<-running).err)
			assert.NoError(t, askers.Ask(t.Context(), sup, pid, 0), "by the error of a call")
		})
		killProcess(t, player.Process)
		wg.Wait()
	}
}

// Whoever hears of the death of a pool's worker does not find it in service.
func TestPoolKnowsFirstOfADeadWorker(t *testing.T) {
	const lives = 6
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	s := newStage(t)
	for range lives {
		running := call(t.Context(), puppet.On(pool), s.part("last"))
		player := s.next(t)
		dead := pool.Workers()[0].PID
		serves := func() bool {
			return slices.ContainsFunc(pool.Workers(), func(w procactor.WorkerInfo) bool { return w.PID == dead })
		}
		killProcess(t, player.Process)
		assert.Error(t, (<-running).err)
		assert.False(t, serves())
	}
}
