//go:build linux

package procactor_test

import (
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(orphans): What a worker starts does not inherit its channel: the worker's end is seen at once, however long its children live.
func TestChannelIsNotInherited(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	worker, err := act.On(p).Call(t.Context(), deed{Do: "pid"})
	require.NoError(t, err)
	s, err := act.On(p).Call(t.Context(), deed{Do: "child", Text: "escape"})
	child := pidOf(t, s, err)
	defer func() { _ = syscall.Kill(child, syscall.SIGKILL) }()
	for _, fd := range []string{"3", "4", "5"} {
		channel, err := os.Readlink("/proc/" + worker + "/fd/" + fd)
		require.NoError(t, err)
		require.Contains(t, channel, "pipe:")
		for _, other := range []string{"3", "4", "5", "6", "7", "8"} {
			// What is there may be a file that the child opened just now.
			has, _ := os.Readlink("/proc/" + s + "/fd/" + other)
			assert.NotEqual(t, channel, has, "descriptor %s of the child is the worker's %s", other, fd)
		}
	}
	down := act.On(p).Watch(t.Context())
	_, err = act.On(p).Call(t.Context(), deed{Do: "last words", N: int(syscall.SIGKILL)})
	require.True(t, isExitError(err), "%v", err)
	<-down
	assert.False(t, isGone(child))
}

// signalMasks are how this process treats signals (proc_pid_status(5)).
func signalMasks(t *testing.T) string {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	var masks []string
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "Sig") && !strings.HasPrefix(line, "SigQ") && !strings.HasPrefix(line, "SigPnd") {
			masks = append(masks, strings.TrimSpace(line))
		}
	}
	return strings.Join(masks, " ")
}

func TestParentsProgramIsLeftAlone(t *testing.T) {
	logger, procs, masks := slog.Default(), runtime.GOMAXPROCS(0), signalMasks(t)
	limit, env := debug.SetMemoryLimit(-1), os.Environ()
	sys := quietSystem(t)
	pool, err := procactor.StartPool(t.Context(), sys, "pool", quick(), procactor.PoolConfig{Size: 2})
	require.NoError(t, err)
	_, err = act.On(pool).Call(t.Context(), deed{Do: "last words", N: int(syscall.SIGKILL)})
	require.Error(t, err)
	_, err = act.On(pool).Call(t.Context(), deed{Do: "pid"})
	require.NoError(t, err)
	require.NoError(t, sys.Close(t.Context()))
	assert.Same(t, logger, slog.Default())
	assert.Equal(t, procs, runtime.GOMAXPROCS(0))
	assert.Equal(t, masks, signalMasks(t))
	assert.Equal(t, limit, debug.SetMemoryLimit(-1))
	assert.Equal(t, env, os.Environ())
	assert.False(t, signal.Ignored(syscall.SIGINT))
	assert.False(t, signal.Ignored(syscall.SIGPIPE))
}
