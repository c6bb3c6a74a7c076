package procactor_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brandNew calls a task that leaves a mark, and returns how that ended and how
// many times the task began.
func brandNew(ctx context.Context, dir string, n int, load int, do func(context.Context, branding) error) (ran int, err error) {
	in := branding{File: filepath.Join(dir, strconv.Itoa(n)), Load: make([]byte, load)}
	err = do(ctx, in)
	marks, _ := os.ReadFile(in.File)
	return len(marks), err
}

// Guarantee(calls): A call that its worker cannot have begun never ends as "outcome unknown": it goes to another worker, however the first one ended.
func TestCallsToAWorkerThatWasKilledBeforeThem(t *testing.T) {
	t.Parallel()
	bare := func(rw io.ReadWriteCloser) io.ReadWriteCloser { return struct{ io.ReadWriteCloser }{rw} }
	calls := func(task procactor.Task[branding, bool]) func(procactor.Host) func(context.Context, branding) error {
		return func(h procactor.Host) func(context.Context, branding) error {
			ref := task.On(h)
			return func(ctx context.Context, b branding) error {
				_, err := ref.Call(ctx, b)
				return err
			}
		}
	}
	streams := func(h procactor.Host) func(context.Context, branding) error {
		ref := brandStream.On(h)
		return func(ctx context.Context, b branding) error {
			for _, err := range ref.Stream(ctx, b) {
				if err != nil {
					return err
				}
			}
			return nil
		}
	}
	for _, c := range []struct {
		name    string
		on      func(procactor.Host) func(context.Context, branding) error
		load    int
		at      int // calls at once
		channel func(io.ReadWriteCloser) io.ReadWriteCloser
	}{
		{"a call", calls(brand), 0, 1, nil},
		{"a call in CHUNKs", calls(brand), 3 << 20, 1, nil},
		{"calls at once", calls(brands), 0, 4, nil},
		{"calls at once, in CHUNKs", calls(brands), 300 << 10, 4, nil},
		{"a stream", streams, 0, 1, nil},
		{"a call through a channel of a test", calls(brand), 0, 1, bare},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := quick()
			w.Channel = c.channel
			pool := startPool(t, w, procactor.PoolConfig{Size: 1, Budget: supervise.Budget{Intensity: 1_000_000}})
			do := c.on(pool)
			dir := t.TempDir()
			for round := range killRounds {
				ran, err := brandNew(t.Context(), dir, round*100, 0, do) // it is there
				require.NoError(t, err)
				require.Equal(t, 1, ran)
				endProcess(pool.Workers()[0].Process)
				var all sync.WaitGroup
				for i := range c.at {
					all.Go(func() {
						ran, err := brandNew(t.Context(), dir, round*100+1+i, c.load, do)
						assert.NoError(t, err)
						assert.Equal(t, 1, ran)
					})
				}
				all.Wait()
				if t.Failed() {
					return
				}
			}
		})
	}
}

const killRounds = 20

// untilDone has two callers call until the host was stopped so many times, and
// looks at each call.
func untilDone(t *testing.T, h procactor.Host, stops func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*hangGuard)
	defer cancel()
	dir := t.TempDir()
	over := make(chan struct{})
	var callers sync.WaitGroup
	for c := range 2 {
		callers.Go(func() {
			ref := brand.On(h)
			for i := 0; !closedNow(over); i++ {
				ran, err := brandNew(ctx, dir, 2*i+c, 0, func(ctx context.Context, b branding) error {
					_, err := ref.Call(ctx, b)
					return err
				})
				if !assert.NoError(t, err) || !assert.Equal(t, 1, ran) {
					return
				}
			}
		})
	}
	err := stops(ctx)
	close(over)
	callers.Wait()
	require.NoError(t, err)
}

func closedNow(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// Guarantee(calls): Calls that arrive while a worker is stopped in good order and restarted are not lost, and none of them ends as "outcome unknown".
func TestCallsWhileAWorkerIsStoppedAndRestarted(t *testing.T) {
	t.Parallel()
	const restarts = 50
	t.Run("supervised", func(t *testing.T) {
		t.Parallel()
		sys := newSystem(t)
		_, err := supervise.Start(t.Context(), sys, supervise.Spec{
			Name: "top", Policy: supervise.Policy{Intensity: restarts, Period: time.Hour},
			Children: []supervise.ChildSpec{procactor.ProcessChild("w", procactor.Self())},
		})
		require.NoError(t, err)
		untilDone(t, procactor.HostAt(sys, "top/w"), func(ctx context.Context) error {
			return exits(ctx, sys, restarts, func() (actor.PID, bool) { return sys.PIDAt("top/w") })
		})
	})
	t.Run("recycled", func(t *testing.T) {
		t.Parallel()
		sys := newSystem(t)
		pool, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2, Budget: supervise.Budget{Intensity: 1_000_000}})
		require.NoError(t, err)
		untilDone(t, pool, func(ctx context.Context) error {
			return exits(ctx, sys, restarts, func() (actor.PID, bool) {
				workers := pool.Workers()
				if len(workers) == 0 {
					return actor.PID{}, false
				}
				return workers[0].PID, true
			})
		})
	})
}

// exits has so many lives of a worker end in good order, one after the other.
func exits(ctx context.Context, sys *actor.System, n int, next func() (actor.PID, bool)) error {
	for n > 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		pid, ok := next()
		if !ok {
			<-time.After(time.Millisecond) // it is being started
			continue
		}
		down := sys.Watch(ctx, pid)
		if sys.Exit(pid, actor.ErrShutdown) == nil {
			n--
			<-down
		}
	}
	return nil
}

// Status 0 behind STOP proves nothing: whoever exits in the middle of a call has
// run a part of it.
func TestExitAfterStopIsOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
		s := newStage(t)
		running := call(t.Context(), puppet.On(h), s.part("running"))
		player := s.next(t)
		stopped := make(chan error, 1)
		go func() { stopped <- stop(t.Context(), h) }()
		waitStopping(t, h)
		player.do("exit 0")
		err := wait(t, "the call's end", running).err
		failed(t, err, actor.Unknown)
		assert.Equal(t, procactor.CallStarted, exitOf(t, err).CallState)
		assert.Zero(t, exitOf(t, err).Code)
		require.NoError(t, wait(t, "the stop", stopped))
	})
}

// A stream that runs when its worker is told to stop gets its credit, and a
// call its CANCEL.
func TestWorkerReadsOnAfterStop(t *testing.T) {
	t.Parallel()
	w := procactor.Self()
	w.Window = 4 << 10
	onBoth(t, w, func(t *testing.T, h procactor.Host) {
		const items = 100
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := newStage(t)
		waits := call(ctx, puppets.On(h), s.part("waits"))
		player := s.next(t)
		stopped := make(chan error, 1)
		got := 0
		for _, err := range pour.On(h).Stream(t.Context(), pouring{Items: items, Size: 1 << 10}) {
			require.NoError(t, err)
			if got++; got == 1 {
				go func() { stopped <- stop(t.Context(), h) }()
				waitStopping(t, h)
			}
		}
		assert.Equal(t, items, got)
		cancel()
		player.canceled(t)
		require.ErrorIs(t, wait(t, "the canceled call", waits).err, context.Canceled)
		require.NoError(t, wait(t, "the stop", stopped))
	})
}
