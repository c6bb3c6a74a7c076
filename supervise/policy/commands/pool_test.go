package commands_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/procactor"
)

// A pool of a file gives up neither for its calls nor for kills: they use up
// nothing of its supervisor's intensity, which allows no restart here.
func TestPoolOfAFileGoesOn(t *testing.T) {
	tr, err := start(t, `
supervisor:
  intensity: 0
  children:
    - {id: pool, command: ["${EXE}"], env: {GREETING: hello}, ready: {frame: true}, pool: {size: 2}}
`, nil, nil)
	require.NoError(t, err)
	pool := procactor.HostAt(tr.sys, "top/pool")
	before, alive := where.On(pool).PID()
	require.True(t, alive)
	good := func() {
		t.Helper()
		_, err := where.Idempotent().On(pool).Call(t.Context(), "") // which may meet who was just killed
		require.NoError(t, err)
	}
	for range 7 {
		_, err := die.Idempotent().On(pool).Call(t.Context(), "")
		var poison *procactor.PoisonError
		require.ErrorAs(t, err, &poison)
		good()
	}
	for range 21 { // from outside, of a worker that runs nothing
		processes := procactor.ProcessIDsAt(tr.sys, "top/pool")
		require.NotEmpty(t, processes)
		victim, err := os.FindProcess(processes[0])
		require.NoError(t, err)
		if err := victim.Kill(); err != nil {
			require.ErrorIs(t, err, os.ErrProcessDone)
		}
		good()
	}
	after, _ := where.On(pool).PID()
	require.Equal(t, before, after)
}
