//go:build unix

package procactor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counted is this test binary as a worker that takes one of n places in a
// folder when it begins, and gives it back by its death, however that comes: a
// place is a locked file. One that finds none leaves a file named for it. So
// not one process too many is missed, however short its life.
func counted(dir string, n int) procactor.Worker {
	w := as(fmt.Sprintf("counted:%d:%s", n, dir))
	w.Grace = quick().Grace
	return w
}

// playCounted is such a worker; it does not return.
func playCounted(arg string) {
	number, dir, _ := strings.Cut(arg, ":")
	n, err := strconv.Atoi(number)
	if err != nil {
		os.Exit(99)
	}
	place, err := takePlace(dir, n)
	if err != nil {
		_ = os.WriteFile(filepath.Join(dir, "excess-"+strconv.Itoa(os.Getpid())), []byte(err.Error()), 0o600)
	}
	procactor.Main(act, procactor.Setup(func(context.Context) (func(), error) {
		return func() { _ = place }, nil // it stays open
	}))
}

func takePlace(dir string, n int) (*os.File, error) {
	for i := range n {
		f, err := os.OpenFile(filepath.Join(dir, "place-"+strconv.Itoa(i)), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			return f, nil
		}
		_ = f.Close()
	}
	return nil, fmt.Errorf("all %d places are taken", n)
}

// excess lists the processes that were too many.
func excess(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "excess-*"))
	require.NoError(t, err)
	places, err := filepath.Glob(filepath.Join(dir, "place-*"))
	require.NoError(t, err)
	require.NotEmpty(t, places, "nobody took a place: the count says nothing")
	return files
}

// Guarantee(multiply): There are never more worker processes at once than were asked for, whatever dies and is restarted meanwhile.
func TestNeverMoreProcessesThanAskedFor(t *testing.T) {
	t.Parallel()
	t.Run("a pool under kills", func(t *testing.T) {
		t.Parallel()
		const size = 3
		dir := t.TempDir()
		pool, err := procactor.StartPool(t.Context(), quietSystem(t), "pool", counted(dir, size), procactor.PoolConfig{
			Size: size,
		})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), hangGuard)
		defer cancel()
		var callers sync.WaitGroup
		for range size {
			callers.Go(func() {
				for range 10 {
					// A worker that has answered is replaced at once, and may be
					// one that another caller kills.
					_, _ = act.On(pool).Call(ctx, deed{Do: "pid"})
					_, err := act.On(pool).Call(ctx, deed{Do: "last words", N: int(syscall.SIGKILL)})
					var exit *procactor.ExitError
					assert.ErrorAs(t, err, &exit)
				}
			})
		}
		callers.Wait()
		_, err = act.On(pool).Call(ctx, deed{Do: "pid"})
		require.NoError(t, err)
		assert.Empty(t, excess(t, dir))
	})
	t.Run("a supervised worker that crashes", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		sys := quietSystem(t)
		_, err := supervise.Start(t.Context(), sys, supervise.Spec{
			Name: "top", Policy: supervise.Policy{Intensity: 1_000_000}, Children: []supervise.ChildSpec{procactor.ProcessChild("w", counted(dir, 1))},
		})
		require.NoError(t, err)
		host := procactor.HostAt(sys, "top/w")
		ctx, cancel := context.WithTimeout(t.Context(), hangGuard)
		defer cancel()
		for range 20 {
			_, err := act.On(host).Call(ctx, deed{Do: "last words", N: int(syscall.SIGKILL)})
			exitOf(t, err)
		}
		_, err = act.On(host).Call(ctx, deed{Do: "pid"})
		require.NoError(t, err)
		assert.Empty(t, excess(t, dir))
	})
	t.Run("starts that are given up", func(t *testing.T) {
		t.Parallel()
		const most = 4
		dir := t.TempDir()
		sys := quietSystem(t)
		var starts sync.WaitGroup
		for i := range most {
			starts.Go(func() {
				for range 5 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(60))*time.Millisecond)
					p, err := procactor.Start(ctx, sys, fmt.Sprint("w", i), counted(dir, most))
					cancel()
					if err == nil {
						assert.NoError(t, p.Stop(t.Context()))
					}
				}
			})
		}
		starts.Wait()
		p := begin(t, sys, "last", counted(dir, most))
		require.NoError(t, p.Stop(t.Context()))
		assert.Empty(t, excess(t, dir))
	})
}
