package procactor_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func threads(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	_, after, ok := strings.Cut(string(status), "\nThreads:")
	require.True(t, ok)
	n, err := strconv.Atoi(strings.Fields(after)[0])
	require.NoError(t, err)
	return n
}

// Guarantee(memory): An idle worker takes no thread of its parent, neither for its end nor for its output.
func TestIdleWorkersTakeNoThreads(t *testing.T) {
	check := nothingLeft(t)
	sys := quietSystem(t)
	const workers = 50
	before, goroutines := threads(t), runtime.NumGoroutine()
	pool, err := procactor.StartPool(t.Context(), sys, "pool", quick(), procactor.PoolConfig{Size: workers})
	require.NoError(t, err)
	require.Len(t, pool.Workers(), workers)
	assert.Less(t, threads(t)-before, workers/2, "a thread for each would be %d", workers)
	assert.Less(t, runtime.NumGoroutine()-goroutines, 8*workers)
	closing(t, sys)
	check()
}
