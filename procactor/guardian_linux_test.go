package procactor

import (
	"fmt"
	"log/slog"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
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

// leader starts a process that leads a group, which is killed in the end.
func leader(t *testing.T) *exec.Cmd {
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

func requireEnds(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	start := startOf(cmd.Process.Pid)
	require.Eventually(t, func() bool { return lookAtLeader(cmd.Process.Pid, start) == leaderEnded }, time.Minute, time.Millisecond)
	_ = cmd.Wait()
}

func TestLookAtLeader(t *testing.T) {
	t.Parallel()
	cmd := leader(t)
	pid := cmd.Process.Pid
	start := startOf(pid)
	require.NotZero(t, start)
	assert.Equal(t, leaderRuns, lookAtLeader(pid, start))
	assert.Equal(t, leaderAnother, lookAtLeader(pid, start+1))
	assert.Equal(t, leaderRuns, lookAtLeader(pid, 0), "by its number alone")
	require.NoError(t, cmd.Process.Kill())
	require.Eventually(t, func() bool { return lookAtLeader(pid, start) == leaderEnded }, time.Minute, time.Millisecond, "a zombie has ended")
	_ = cmd.Wait()
	assert.Equal(t, leaderEnded, lookAtLeader(pid, start))
	assert.Equal(t, leaderEnded, lookAtLeader(pid, 0))
	assert.Zero(t, startOf(pid))
}

func TestKillGroupsSparesStrangers(t *testing.T) {
	t.Parallel()
	ours, stranger := leader(t), leader(t)
	a, b := ours.Process.Pid, stranger.Process.Pid
	killGroups(map[int]group{a: {start: startOf(a)}, b: {start: startOf(b) + 1, grace: time.Millisecond}})
	requireEnds(t, ours)
	assert.Equal(t, leaderRuns, lookAtLeader(b, startOf(b)))
}

// stray starts a process that leads no group, as one is that left its own for
// that of its parent.
func stray(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

func TestKillGroupsReachesALeaderInAnotherGroup(t *testing.T) {
	t.Parallel()
	ours, stranger, unknown := stray(t), stray(t), stray(t)
	a, b, c := ours.Process.Pid, stranger.Process.Pid, unknown.Process.Pid
	killGroups(map[int]group{a: {start: startOf(a)}, b: {start: startOf(b) + 1}, c: {}})
	requireEnds(t, ours)
	assert.Equal(t, leaderRuns, lookAtLeader(b, startOf(b)), "its number was another's")
	assert.Equal(t, leaderRuns, lookAtLeader(c, startOf(c)), "whose its number is was not known")
}

func TestSignalReachesALeaderInAnotherGroup(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]struct {
		send func(*child)
		want syscall.Signal
	}{
		"TERM": {(*child).terminateGroup, syscall.SIGTERM},
		"KILL": {(*child).killGroup, syscall.SIGKILL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := stray(t)
			signal.send(&child{process: cmd.Process})
			requireEnds(t, cmd)
			assert.Equal(t, signal.want, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
		})
	}
}

// playGuardian starts a guardian process, and returns what it was told when it
// has ended.
func playGuardian(t *testing.T, orders ...[]byte) error {
	t.Helper()
	k, err := newGuardian(nil)
	require.NoError(t, err)
	how := make(chan error, 1)
	go func() {
		how <- k.run()
		close(k.ended)
	}()
	for _, o := range orders {
		_, err := k.pipe.Write(o)
		require.NoError(t, err)
	}
	_ = k.pipe.Close()
	return <-how
}

func TestGuardianProcess(t *testing.T) {
	t.Parallel()
	cmd := leader(t)
	pid := cmd.Process.Pid
	guarded := guardOrder{guardGroup, pid, group{start: startOf(pid)}}.append(nil)
	over := guardOrder{kind: guardOver, pid: pid}.append(nil)

	require.NoError(t, playGuardian(t))
	require.NoError(t, playGuardian(t, guarded, over))
	assert.EqualError(t, playGuardian(t, guarded, []byte("something else, as long as it is")), fmt.Sprintf("exit status %d", exitNotServed))
	assert.Equal(t, leaderRuns, lookAtLeader(pid, startOf(pid)), "nobody was killed")

	assert.EqualError(t, playGuardian(t, guarded), fmt.Sprintf("exit status %d", exitKilled))
	requireEnds(t, cmd)
	assert.Equal(t, syscall.SIGKILL, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
}

func TestGuardianThatCannotBeStartedIsTriedAgain(t *testing.T) {
	t.Parallel()
	g := &guard{sys: actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler))), groups: make(map[int]group)}
	for range 10 { // more than are replaced when they die
		k, err := newGuardian(nil)
		require.NoError(t, err)
		_ = k.theirs.Close()
		g.now = k
		g.lost(k, syscall.EAGAIN)
		require.Nil(t, g.now, "not at once: the system is short of something")
	}
	w, err := g.take(wardProgram)
	require.NoError(t, err)
	k := g.now
	require.NotNil(t, k)
	w.release()
	g.retire()
	assert.NotNil(t, k.child)
	assert.NoError(t, k.how)
}
