//go:build unix

package procactor_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever is signaled: the process, or all in its group.
func TestSignalAt(t *testing.T) {
	sys := newSystem(t)
	said := make(chan string, 10)
	d := shell(`trap 'echo leader' USR1; (trap 'echo follower' USR1; echo up; while :; do sleep 0.01; done) & while :; do sleep 0.01; done`)
	d.Stdout = lineTo(said)
	down := life(t, sys, d)
	require.Equal(t, "up", wait(t, "its start", (<-chan string)(said)))
	require.NoError(t, procactor.SignalAt(sys, "d", syscall.SIGUSR1))
	assert.Equal(t, "leader", wait(t, "its answer", (<-chan string)(said)))
	seen := map[string]bool{}
	require.Eventually(t, func() bool { // a shell that just starts something may miss one
		assert.NoError(t, procactor.SignalGroupAt(sys, "d", syscall.SIGUSR1))
		for {
			select {
			case line := <-said:
				seen[line] = true
			default:
				return seen["leader"] && seen["follower"]
			}
		}
	}, patience, 20*time.Millisecond)
	require.Error(t, procactor.SignalAt(sys, "d", syscall.Signal(12345)))
	require.NoError(t, sys.Stop(t.Context(), "d"))
	wait(t, "its end", down)
	assert.ErrorIs(t, procactor.SignalAt(sys, "d", syscall.SIGUSR1), actor.ErrNoActor)
	assert.ErrorIs(t, procactor.SignalGroupAt(sys, "nobody", syscall.SIGUSR1), actor.ErrNoActor)
}

// A pool is one actor with several processes.
func TestSignalAtAPool(t *testing.T) {
	sys := newSystem(t)
	_, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	require.NoError(t, err)
	pids := procactor.ProcessIDsAt(sys, "pool")
	require.Len(t, pids, 2)
	require.NoError(t, procactor.SignalAt(sys, "pool", syscall.SIGKILL))
	for _, pid := range pids {
		requireGone(t, pid)
	}
}
