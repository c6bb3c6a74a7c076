package guardian

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
	start := osproc.StartTime(cmd.Process.Pid)
	require.Eventually(t, func() bool { return osproc.LookAtLeader(cmd.Process.Pid, start) == osproc.LeaderEnded }, time.Minute, time.Millisecond)
	_ = cmd.Wait()
}

func TestKillGroupsSparesStrangers(t *testing.T) {
	t.Parallel()
	ours, stranger := leader(t), leader(t)
	a, b := ours.Process.Pid, stranger.Process.Pid
	killGroups(map[int]group{a: {start: osproc.StartTime(a)}, b: {start: osproc.StartTime(b) + 1, grace: time.Millisecond}})
	requireEnds(t, ours)
	assert.Equal(t, osproc.LeaderRuns, osproc.LookAtLeader(b, osproc.StartTime(b)))
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
	killGroups(map[int]group{a: {start: osproc.StartTime(a)}, b: {start: osproc.StartTime(b) + 1}, c: {}})
	requireEnds(t, ours)
	assert.Equal(t, osproc.LeaderRuns, osproc.LookAtLeader(b, osproc.StartTime(b)), "its number was another's")
	assert.Equal(t, osproc.LeaderRuns, osproc.LookAtLeader(c, osproc.StartTime(c)), "whose its number is was not known")
}

// playGuardian starts a guardian process, and returns what it was told when it
// has ended.
func playGuardian(t *testing.T, orders ...[]byte) error {
	t.Helper()
	k, err := newGuardian(nil, ownEnv)
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
	guarded := guardOrder{guardGroup, pid, group{start: osproc.StartTime(pid)}}.append(nil)
	over := guardOrder{kind: guardOver, pid: pid}.append(nil)

	require.NoError(t, playGuardian(t))
	require.NoError(t, playGuardian(t, guarded, over))
	assert.EqualError(t, playGuardian(t, guarded, []byte("something else, as long as it is")), fmt.Sprintf("exit status %d", osproc.ExitNotServed))
	assert.Equal(t, osproc.LeaderRuns, osproc.LookAtLeader(pid, osproc.StartTime(pid)), "nobody was killed")

	assert.EqualError(t, playGuardian(t, guarded), fmt.Sprintf("exit status %d", exitKilled))
	requireEnds(t, cmd)
	assert.Equal(t, syscall.SIGKILL, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal())
}

func TestGuardianThatCannotBeStartedIsTriedAgain(t *testing.T) {
	t.Parallel()
	g := &guard{with: Config{HasMain: func() bool { return true }, Env: ownEnv}, sys: actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler))), groups: make(map[int]group)}
	for range 10 { // more than are replaced when they die
		k, err := newGuardian(nil, ownEnv)
		require.NoError(t, err)
		_ = k.theirs.Close()
		g.now = k
		g.lost(k, syscall.EAGAIN)
		require.Nil(t, g.now, "not at once: the system is short of something")
	}
	w, err := g.take(Program)
	require.NoError(t, err)
	k := g.now
	require.NotNil(t, k)
	w.Release()
	g.retire()
	assert.NotNil(t, k.child)
	assert.NoError(t, k.how)
}

// ownEnv is the environment of a guardian here.
func ownEnv([]int) []string { return os.Environ() }
