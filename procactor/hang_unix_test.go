//go:build unix

package procactor_test

import (
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Real workers, and commands that do not end on TERM, hang alike.
func TestHungProcessesAreCountedByKey(t *testing.T) {
	const timeout = 300 * time.Millisecond
	key := func(s strand) string { return s.Key }
	tests := map[string]struct {
		worker procactor.Worker
		task   procactor.Task[strand, string]
	}{
		"workers":  {procactor.Self(), puppet},
		"commands": {execIn(t), marionette(t)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.worker.Grace = time.Millisecond
			pool := startPool(t, test.worker, procactor.PoolConfig{Size: 1, Quarantine: procactor.Quarantine{Hangs: 2}})
			s := newStage(t)
			ref := test.task.WithKey(key).WithTimeout(timeout).On(pool)
			for n := range 2 {
				_, err := ref.Call(t.Context(), s.stubborn("hangs"))
				require.ErrorIs(t, err, actor.ErrTimeout)
				require.Eventually(t, func() bool {
					all := pool.Quarantine()
					return len(all) == 1 && all[0].Hangs == n+1 && len(pool.Workers()) == 1 && pool.Workers()[0].Calls == 0
				}, patience, time.Millisecond)
			}
			_, err := ref.Call(t.Context(), s.part("hangs"))
			failed(t, err, actor.NotSent)
			var poison *procactor.PoisonError
			require.ErrorAs(t, err, &poison)
			require.Len(t, poison.Hangs, 2)
			assert.True(t, exitOf(t, err).Killed)
		})
	}
}
