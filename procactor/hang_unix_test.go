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
	limits := procactor.Quarantine{Hangs: 2}
	worker := procactor.Self()
	worker.Grace = time.Millisecond
	commands := commandsIn(t)
	commands.Grace, commands.Quarantine = time.Millisecond, limits
	type host interface {
		procactor.Host
		Quarantine() []procactor.Suspect
	}
	tests := map[string]struct {
		start func(t *testing.T) host
		task  procactor.Task[strand, string]
	}{
		"workers": {func(t *testing.T) host {
			return startPool(t, worker, procactor.PoolConfig{Size: 1, Quarantine: limits})
		}, puppet},
		"commands": {func(t *testing.T) host { return startCommands(t, commands) }, marionette(t)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := test.start(t)
			s := newStage(t)
			ref := test.task.WithKey(key).WithTimeout(timeout).On(h)
			for n := range 2 {
				_, err := ref.Call(t.Context(), s.stubborn("hangs"))
				require.ErrorIs(t, err, actor.ErrTimeout)
				require.Eventually(t, func() bool {
					all, now := h.Quarantine(), procactor.Workers(h)
					return len(all) == 1 && all[0].Hangs == n+1 && len(now) == 1 && now[0].Calls == 0
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
