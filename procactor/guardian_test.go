//go:build linux

package procactor_test

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Guarantee(orphans): A worker whose parent was killed has two seconds to cancel what runs and to clean up.
func TestOrphanCleansUp(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]string{"Main on the first thread": "", "Main on another thread": "elsewhere"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "cleaned")
			named, _ := orphaned(t, "tidy parent:"+how, fileVariable+"="+file)
			requireGone(t, named[0])
			text, err := os.ReadFile(file)
			require.NoError(t, err, "it was killed before it had cleaned up")
			assert.Equal(t, "clean", string(text))
		})
	}
}

// Guarantee(orphans): On Linux, a program that never calls Main leaves none of its workers behind either, and is told what it lacks.
func TestParentWithoutMain(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"=no guardian")
	var log strings.Builder
	cmd.Stderr = &log
	named := killed(t, cmd)
	assert.Zero(t, named[len(named)-1], "it has no guardian")
	defer killLeft(t, named...)
	requireGone(t, named[:len(named)-1]...)
	requireNoneOf(t, cmd.Process.Pid)
	assert.Equal(t, 1, strings.Count(log.String(), "call procactor.Main first in main"), "%s", log.String())
}

// What docs say of setsid: only a cgroup or a namespace would reach it.
func TestEscapedChildIsOutOfReach(t *testing.T) {
	t.Parallel()
	named, _ := orphaned(t, "orphans:"+escaped)
	require.Len(t, named, 4)
	worker, child, out, guardian := named[0], named[1], named[2], named[3]
	defer func() { _ = syscall.Kill(out, syscall.SIGKILL) }()
	requireGone(t, worker, child, guardian)
	assert.False(t, isGone(out), "if this can be had, the docs should say so")
}

func logged(t *testing.T) (*actor.System, logBook) {
	t.Helper()
	log := newLogBook()
	sys := actor.NewSystem(actor.WithLogger(slog.New(log)))
	t.Cleanup(func() { closing(t, sys) })
	return sys, log
}

// nobodyKilled fails the test if a guardian that was dismissed found somebody
// to kill.
func (l logBook) nobodyKilled(t *testing.T) {
	t.Helper()
	for {
		select {
		case r := <-l.records:
			r.Attrs(func(a slog.Attr) bool {
				assert.NotEqual(t, "exit status 1", a.Value.String(), r.Message)
				return true
			})
		default:
			return
		}
	}
}

// Guarantee(multiply): A System has one guardian process, from its first worker until it is closed.
func TestGuardianEndsWithItsSystem(t *testing.T) {
	t.Parallel()
	one, log := logged(t)
	two, _ := logged(t)
	assert.Zero(t, procactor.GuardianOf(one), "there is no worker yet")
	_, err := supervise.Start(t.Context(), one, supervise.Spec{
		Name:     "older than the guardian",
		Children: []supervise.ChildSpec{procactor.ProcessChild("w", quick())},
	})
	require.NoError(t, err)
	begin(t, one, "w", quick())
	p := begin(t, two, "w", quick())
	first, second := procactor.GuardianOf(one), procactor.GuardianOf(two)
	require.NotZero(t, first)
	require.NotZero(t, second)
	assert.NotEqual(t, first, second)
	assert.Len(t, procactor.GuardedBy(one), 2)

	closing(t, one)
	_, err = os.Stat("/proc/" + strconv.Itoa(first))
	require.ErrorIs(t, err, os.ErrNotExist, "it was reaped")
	log.nobodyKilled(t)
	assert.False(t, isGone(second))
	require.NoError(t, p.Stop(t.Context()))
	assert.Empty(t, procactor.GuardedBy(two))
	assert.Equal(t, second, procactor.GuardianOf(two), "the next worker needs it")
	begin(t, two, "v", quick())
	assert.Equal(t, second, procactor.GuardianOf(two))
}

// A guardian that was told of each worker's end finds none when it is dismissed,
// and says so by its exit code.
func TestGuardianForgetsWhoEnded(t *testing.T) {
	check := nothingLeft(t)
	sys, log := logged(t)
	for range 4 {
		const size = 50
		pool, err := procactor.StartPool(t.Context(), sys, "pool", quick(), procactor.PoolConfig{Size: size})
		require.NoError(t, err)
		assert.Len(t, procactor.GuardedBy(sys), size)
		require.NoError(t, pool.Stop(t.Context()))
		assert.Empty(t, procactor.GuardedBy(sys))
	}
	closing(t, sys)
	log.nobodyKilled(t)
	check()
}

func TestGuardianKeepsNothingOpen(t *testing.T) {
	t.Parallel()
	sys := quietSystem(t)
	begin(t, sys, "w", quick())
	guardian := "/proc/" + strconv.Itoa(procactor.GuardianOf(sys))
	for fd, want := range []string{os.DevNull, os.DevNull, os.DevNull, "pipe:"} {
		target, err := os.Readlink(guardian + "/fd/" + strconv.Itoa(fd))
		require.NoError(t, err)
		assert.Contains(t, target, want, "descriptor %d", fd)
	}
	session, err := unix.Getsid(procactor.GuardianOf(sys))
	require.NoError(t, err)
	assert.Equal(t, procactor.GuardianOf(sys), session, "the end of ours is not its own")
	dir, err := os.Readlink(guardian + "/cwd")
	require.NoError(t, err)
	assert.Equal(t, "/", dir)
	env, err := os.ReadFile(guardian + "/environ")
	require.NoError(t, err)
	assert.Contains(t, string(env), "PROCTOR_GUARDIAN=")

	s, err := act.On(begin(t, sys, "v", quick())).Call(t.Context(), deed{Do: "env"})
	require.NoError(t, err)
	assert.NotRegexp(t, `PROCTOR_(GUARDIAN|WIRE|FDS|DEPTH|BEGUN|INHERITED)=`, s, "it does not take itself for a guardian")

	// What is sent to all processes of a service or a terminal, it ignores.
	require.Eventually(t, func() bool {
		status, err := os.ReadFile(guardian + "/status")
		require.NoError(t, err)
		_, mask, _ := strings.Cut(string(status), "\nSigIgn:")
		ignored, err := strconv.ParseUint(strings.Fields(mask)[0], 16, 64)
		require.NoError(t, err)
		for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT} {
			if ignored&(1<<(sig-1)) == 0 {
				return false
			}
		}
		return true
	}, hangGuard, time.Millisecond)
}

// Guarantee(orphans): A guardian that is killed is replaced; one that is killed again and again is given up, and the workers go on.
func TestGuardianIsReplaced(t *testing.T) {
	t.Parallel()
	sys, log := logged(t)
	p := begin(t, sys, "w", quick())
	seen := map[int]bool{}
	for _, level := range []slog.Level{slog.LevelWarn, slog.LevelWarn, slog.LevelWarn, slog.LevelWarn, slog.LevelWarn, slog.LevelError} {
		var guardian int
		require.Eventually(t, func() bool {
			guardian = procactor.GuardianOf(sys)
			return guardian != 0 && !seen[guardian]
		}, hangGuard, time.Millisecond)
		seen[guardian] = true
		require.NoError(t, syscall.Kill(guardian, syscall.SIGKILL))
		assert.Equal(t, level, log.await(t, "killed"), "after %d", len(seen))
	}
	assert.Zero(t, procactor.GuardianOf(sys))
	s, err := act.On(p).Call(t.Context(), deed{Do: "pid"})
	pidOf(t, s, err)
	begin(t, sys, "v", quick())
	assert.Zero(t, procactor.GuardianOf(sys))
	assert.Len(t, procactor.GuardedBy(sys), 2)
}

// A guardian that cannot be started, for want of descriptors, is tried again with the next worker.
func TestGuardianIsTriedAgain(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), hangGuard)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"=short of descriptors")
	out, err := cmd.Output()
	require.NoError(t, err)
	assert.Equal(t, "true false\n<nil> true\n", string(out))
}

// A guardian that reads nothing holds nobody up.
func TestStoppedGuardian(t *testing.T) {
	t.Parallel()
	sys, log := logged(t)
	p := begin(t, sys, "w", quick())
	guardian := procactor.GuardianOf(sys)
	require.NoError(t, stopProcess(guardian))
	// Twice that many orders do not go into its pipe, and few are left for the next one.
	procactor.TellGuardian(sys, procactor.ProcessID(p), 1_400)
	log.await(t, "killed")
	require.Eventually(t, func() bool {
		next := procactor.GuardianOf(sys)
		return next != 0 && next != guardian && stopProcess(next) == nil
	}, hangGuard, time.Millisecond)
	closing(t, sys)
	log.await(t, "killed")
}

func TestGuardiansNameIsTaken(t *testing.T) {
	t.Parallel()
	sys := quietSystem(t)
	_, err := actor.SpawnFunc(t.Context(), sys, "procactor:guardian", func(_ context.Context, n int) (int, error) { return n, nil })
	require.NoError(t, err)
	_, err = procactor.Start(t.Context(), sys, "w", quick())
	assert.ErrorIs(t, err, actor.ErrTaken)
}
