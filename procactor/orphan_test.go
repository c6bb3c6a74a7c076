//go:build unix

package procactor_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// parentVariable names, in the environment of all that a parent started, that
// parent.
const parentVariable = "PROCTOR_TEST_PARENT"

// playParent starts workers of all sorts, names them on stdout, and waits to be
// killed.
func playParent() {
	procactor.Main(act)
	ctx, sys := context.Background(), actor.NewSystem()
	env := append(os.Environ(), parentVariable+"="+strconv.Itoa(os.Getpid()))
	// What never speaks to us ends with us from its first instant on.
	w := procactor.Program("sleep", "1000")
	w.Env = env
	go procactor.Start(ctx, sys, "sleep", w) //nolint:errcheck // it never gets ready
	for i, do := range []string{"", "spin", "child", "deaf"} {
		w := quick()
		w.Env = env
		p, err := procactor.Start(ctx, sys, "w"+strconv.Itoa(i), w)
		if err != nil {
			fmt.Println("error", err)
			return
		}
		pid, err := act.On(p).Call(ctx, deed{Do: "pid"})
		if err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println(pid)
		switch do {
		case "child":
			if pid, err = act.On(p).Call(ctx, deed{Do: "child"}); err == nil {
				fmt.Println(pid)
			}
		case "":
		default:
			go act.On(p).Call(ctx, deed{Do: do}) //nolint:errcheck // it never ends
		}
	}
	pid, _, _, err := procactor.SpawnCommand(sys, env, "sleep", "1000")
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println(pid)
	fmt.Println("all")
	select {}
}

// Guarantee(orphans): A parent killed at any time leaves no worker behind, and nothing that a worker started in its process group, not even in an endless loop or deaf to signals.
func TestParentKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	for i := range scale.Rounds(t, 6, 20) {
		// Half of them die when all is there, half at any time before.
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), partVariable+"=parent")
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			if i%2 == 1 {
				time.AfterFunc(time.Duration(rand.IntN(60))*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
			var pids []int
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if lines.Text() == "all" {
					assert.Len(t, pids, 6)
					require.NoError(t, cmd.Process.Kill())
					continue
				}
				pid, err := strconv.Atoi(lines.Text())
				require.NoError(t, err, "%s", lines.Text())
				pids = append(pids, pid)
			}
			_ = cmd.Wait()
			requireGone(t, pids...)
			requireNoneOf(t, cmd.Process.Pid)
		})
	}
}

// requireNoneOf waits until no process is left whose parent's pid was in its
// environment: those that were started too late to be named.
func requireNoneOf(t *testing.T, parent int) {
	t.Helper()
	mark := parentVariable + "=" + strconv.Itoa(parent) + "\x00"
	require.Eventually(t, func() bool {
		entries, err := os.ReadDir("/proc")
		if err != nil {
			return true // no such thing here
		}
		for _, e := range entries {
			if env, err := os.ReadFile("/proc/" + e.Name() + "/environ"); err == nil && strings.Contains(string(env)+"\x00", mark) {
				return false
			}
		}
		return true
	}, hangGuard, 20*time.Millisecond)
}

// Guarantee(stop): A worker that ignores STOP and TERM is killed when its grace is over, along with what it started.
func TestStopLadderEndsTheDeaf(t *testing.T) {
	t.Parallel()
	sys := quietSystem(t)
	w := quick()
	out, printed := lockstep(t)
	w.Stdout = out
	p := begin(t, sys, "w", w)
	ref := act.On(p)
	s, err := ref.Call(t.Context(), deed{Do: "pid"})
	pid := pidOf(t, s, err)
	s, err = ref.Call(t.Context(), deed{Do: "child"})
	child := pidOf(t, s, err)
	ended := make(chan error, 1)
	go func() {
		_, err := ref.Call(t.Context(), deed{Do: "deaf"})
		ended <- err
	}()
	assert.Equal(t, "deaf\n", printed())
	down := ref.Watch(t.Context())
	_ = p.Stop(t.Context())
	d := <-down
	require.ErrorIs(t, d.Reason, actor.ErrKilled)
	err = <-ended
	assert.True(t, isExitError(err), "%v", err)
	requireGone(t, pid, child)
}

// Guarantee(orphans): A worker leads a session of its own: it cannot leave its process group, and no terminal can stop it.
func TestWorkerLeadsASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	p := begin(t, quietSystem(t), "w", quick())
	s, err := act.On(p).Call(t.Context(), deed{Do: "pid"})
	pid := pidOf(t, s, err)
	s, err = act.On(p).Call(t.Context(), deed{Do: "group"})
	assert.Equal(t, pid, pidOf(t, s, err))
	assert.NotEqual(t, syscall.Getpgrp(), pid)
	session, err := unix.Getsid(pid)
	require.NoError(t, err)
	assert.Equal(t, pid, session)
	_, err = act.On(p).Call(t.Context(), deed{Do: "join its parent's group"})
	require.NoError(t, err)
	group, err := unix.Getpgid(pid)
	require.NoError(t, err)
	assert.Equal(t, pid, group)
}

func TestParentWithClosedOutputOutlivesItsWorker(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"=closed output")
	var said strings.Builder
	cmd.Stderr = &said
	require.NoError(t, cmd.Run())
	assert.Equal(t, "true\n", said.String())
}
