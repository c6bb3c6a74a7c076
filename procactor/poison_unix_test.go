//go:build unix

package procactor_test

import (
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(poison): No call is started more than three times, whatever ended its workers.
func TestPoliteSignalsAreNotBlamed(t *testing.T) {
	tests := map[string][]syscall.Signal{
		"none is to blame":      {syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT},
		"the last is not":       {syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM},
		"only the last is":      {syscall.SIGTERM, syscall.SIGTERM, syscall.SIGKILL},
		"all but the middle is": {syscall.SIGKILL, syscall.SIGHUP, syscall.SIGKILL},
	}
	for name, signals := range tests {
		t.Run(name, func(t *testing.T) {
			pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
			s := newStage(t)
			got := call(t.Context(), puppet.Idempotent().On(pool), s.part("patient"))
			for i, sig := range signals {
				player := s.next(t)
				assert.Equal(t, i+1, player.Attempt, "it is told all the same")
				require.NoError(t, syscall.Kill(player.Process, sig))
			}
			err := wait(t, "the call's end", got).err
			failed(t, err, actor.Unknown)
			assert.Equal(t, signals[2], exitOf(t, err).Signal, "the last death")
			var poison *procactor.PoisonError
			assert.NotErrorAs(t, err, &poison)
			works(t, pool)
			assert.Empty(t, s.entered)
		})
	}
}
