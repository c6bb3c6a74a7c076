package osproc

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	line := func(name string) string {
		return "4711 (" + name + ") S 1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 10 11 12\n"
	}
	for _, name := range []string{"sleep", "a) Z 1 (b", "", ")"} {
		stat := parseStat(line(name))
		assert.False(t, stat.ended(), name)
		assert.Equal(t, uint64(987654), stat.start(), name)
	}
	for _, text := range []string{"", ")", "4711 (x) S 1 2 3", strings.Replace(line("x"), "987654", "-1", 1)} {
		assert.Zero(t, parseStat(text).start(), text)
	}
	assert.True(t, parseStat(strings.Replace(line("x"), "S", "Z", 1)).ended())
}

// leaderOfAGroup starts a process that leads a group, which is killed in the end.
func leaderOfAGroup(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

func requireGone(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	start := StartTime(cmd.Process.Pid)
	require.Eventually(t, func() bool { return LookAtLeader(cmd.Process.Pid, start) == LeaderEnded }, time.Minute, time.Millisecond)
	_ = cmd.Wait()
}

func TestLookAtLeader(t *testing.T) {
	t.Parallel()
	cmd := leaderOfAGroup(t)
	pid := cmd.Process.Pid
	start := StartTime(pid)
	require.NotZero(t, start)
	assert.Equal(t, LeaderRuns, LookAtLeader(pid, start))
	assert.Equal(t, LeaderReplaced, LookAtLeader(pid, start+1))
	assert.Equal(t, LeaderRuns, LookAtLeader(pid, 0), "by its number alone")
	require.NoError(t, cmd.Process.Kill())
	require.Eventually(t, func() bool { return LookAtLeader(pid, start) == LeaderEnded }, time.Minute, time.Millisecond, "a zombie has ended")
	_ = cmd.Wait()
	assert.Equal(t, LeaderEnded, LookAtLeader(pid, start))
	assert.Equal(t, LeaderEnded, LookAtLeader(pid, 0))
	assert.Zero(t, StartTime(pid))
}

// followerOfAGroup starts a process that leads no group, as one is that left its own for
// that of its parent.
func followerOfAGroup(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

func TestSignalReachesALeaderInAnotherGroup(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]struct {
		send func(*Child)
		want syscall.Signal
	}{
		"TERM": {(*Child).TerminateGroup, syscall.SIGTERM},
		"KILL": {(*Child).KillGroup, syscall.SIGKILL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := followerOfAGroup(t)
			signal.send(&Child{process: cmd.Process})
			requireGone(t, cmd)
			assert.Equal(t, signal.want, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
		})
	}
}
