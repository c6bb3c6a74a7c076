//go:build unix

package procactor_test

import (
	"os/exec"
	"syscall"
	"testing"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A TERM stays pending on a process that is stopped: it is woken, so that it
// need not be killed.
func TestStoppedWorkerIsWokenToEnd(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	down := act.On(p).Watch(t.Context())
	require.NoError(t, syscall.Kill(procactor.ProcessID(p), syscall.SIGSTOP))
	require.NoError(t, p.Stop(t.Context()))
	d := <-down
	exit := exitOf(t, d.Reason)
	assert.Equal(t, syscall.SIGTERM, exit.Signal, "not KILL: %v", exit)
	assert.True(t, exit.Killed)
}

// Guarantee(hang): A worker that neither stops nor heeds TERM has time to print the stacks of its goroutines before it is killed, and they are in its ExitError.
func TestHungWorkerShowsItsStacks(t *testing.T) {
	t.Parallel()
	w := quick()
	out, printed := lockstep(t)
	w.Stdout = out
	p := begin(t, quietSystem(t), "w", w)
	down := act.On(p).Watch(t.Context())
	ended := call(t.Context(), act.On(p), deed{Do: "ignores TERM"})
	assert.Equal(t, "ignoring\n", printed())
	require.NoError(t, p.Stop(t.Context()))
	d := <-down
	exit := exitOf(t, d.Reason)
	require.NotNil(t, exit.Panic, "%v", exit)
	assert.Equal(t, "SIGQUIT: quit", exit.Panic.Value)
	assert.Contains(t, string(exit.Stderr), "procactor_test.ignoreTerm", "where the task hangs")
	assert.Nil(t, exit.Signal, "it was not killed")
	exitOf(t, (<-ended).err)
}

// A library that waits for any child takes away what others wait for.
func TestChildrenOfOthersAreLeftToThem(t *testing.T) {
	t.Parallel()
	var others []*exec.Cmd
	for range 5 {
		cmd := exec.Command("sh", "-c", "exit 7")
		require.NoError(t, cmd.Start())
		others = append(others, cmd)
		_, err := act.On(begin(t, quietSystem(t), "w", quick())).Call(t.Context(), deed{Do: "last words", N: int(syscall.SIGKILL)})
		exitOf(t, err)
	}
	for _, cmd := range others {
		require.Eventually(t, func() bool { return isGone(cmd.Process.Pid) }, hangGuard, hangGuard/10_000)
		var exit *exec.ExitError
		require.ErrorAs(t, cmd.Wait(), &exit, "its status is still there")
		assert.Equal(t, 7, exit.ExitCode())
	}
}
