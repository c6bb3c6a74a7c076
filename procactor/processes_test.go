package procactor_test

import (
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProcessesAt(t *testing.T) {
	sys := newSystem(t)
	assert.Empty(t, procactor.ProcessIDsAt(sys, "nobody"))
	_, err := procactor.StartDaemon(t.Context(), sys, "plain", program(t, "silent"))
	require.NoError(t, err)
	pid, up := procactor.DaemonAt(sys, "plain").Process()
	require.True(t, up)
	assert.Equal(t, []int{pid}, procactor.ProcessIDsAt(sys, "plain"))

	_, err = procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	require.NoError(t, err)
	pids := procactor.ProcessIDsAt(sys, "pool")
	require.Len(t, pids, 2)
	assert.Less(t, pids[0], pids[1])
	assert.NotContains(t, pids, pid)

	worker, err := procactor.Start(t.Context(), sys, "worker", procactor.Self())
	require.NoError(t, err)
	pids = procactor.ProcessIDsAt(sys, "worker")
	require.Len(t, pids, 1)
	require.NoError(t, worker.Stop(t.Context()))
	assert.Empty(t, procactor.ProcessIDsAt(sys, "worker"))
	requireGone(t, pids[0])
}
