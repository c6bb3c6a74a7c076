//go:build unix

package procactor_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A request of which a part was written when its caller gave up is written to
// its end later: the worker would else take the next one for the rest of it.
func TestLongRequestGivenUpHalfWritten(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1 << 20, 8 << 20} {
		p := start(t, procactor.Self())
		pid := procactor.ProcessID(p)
		require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP))
		ctx, cancel := context.WithCancel(t.Context())
		got := call(ctx, echo.On(p), make([]byte, size))
		require.Eventually(t, func() bool { return procactor.Unread(p) > 0 }, patience, time.Millisecond)
		cancel()
		a := wait(t, "the call's end", got)
		failed(t, a.err, actor.Unknown)
		assert.ErrorIs(t, a.err, context.Canceled)
		require.NoError(t, syscall.Kill(pid, syscall.SIGCONT))
		works(t, p)
		assert.Equal(t, pid, procactor.ProcessID(p), "it was not replaced")
	}
}
