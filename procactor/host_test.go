package procactor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record/recordtest"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newSystem returns a system that logs nothing and is closed with the test,
// which must leave nothing.
func newSystem(t testing.TB) *actor.System {
	t.Helper()
	sys := actor.NewSystem(actor.WithLogger(slog.New(recordtest.Checked(t, recordtest.Nowhere()))))
	t.Cleanup(func() { require.NoError(t, sys.Close(context.Background())) })
	return sys
}

// start starts a worker process for a test.
func start(t testing.TB, w procactor.Worker) *procactor.Process {
	t.Helper()
	p, err := procactor.Start(t.Context(), newSystem(t), "w", w)
	require.NoError(t, err)
	return p
}

// startPool starts a pool for a test.
func startPool(t testing.TB, w procactor.Worker, cfg procactor.PoolConfig) *procactor.Pool {
	t.Helper()
	p, err := procactor.StartPool(t.Context(), newSystem(t), "pool", w, cfg)
	require.NoError(t, err)
	return p
}

// onBoth runs a test on a fresh process and on a fresh pool of one worker.
func onBoth(t *testing.T, w procactor.Worker, test func(t *testing.T, h procactor.Host)) {
	t.Helper()
	t.Run("process", func(t *testing.T) { test(t, start(t, w)) })
	t.Run("pool", func(t *testing.T) { test(t, startPool(t, w, procactor.PoolConfig{Size: 1})) })
}

// waitStopping waits until the host has no worker that takes calls.
func waitStopping(t *testing.T, h procactor.Host) {
	t.Helper()
	require.Eventually(t, func() bool { return procactor.ProcessID(h) == 0 }, patience, time.Millisecond)
}

// answer is what a call returned.
type answer[Out any] struct {
	out Out
	err error
}

// call calls on another goroutine.
func call[In, Out any](ctx context.Context, r actor.Ref[In, Out], in In) <-chan answer[Out] {
	got := make(chan answer[Out], 1)
	go func() {
		out, err := r.Call(ctx, in)
		got <- answer[Out]{out, err}
	}()
	return got
}

// failed asserts that err is a *CallError of that delivery.
func failed(t testing.TB, err error, d actor.Delivery) {
	t.Helper()
	require.Error(t, err)
	call, ok := err.(*actor.CallError) //nolint:errorlint // the promise is the type itself, not a wrapped one
	require.Truef(t, ok, "%T is no *CallError: %v", err, err)
	assert.Equal(t, d, call.Delivery, "Delivery of %v", err)
	assert.Equal(t, d <= actor.NotStarted, errors.Is(err, actor.ErrNotStarted))
	assert.Equal(t, d == actor.Unknown, errors.Is(err, actor.ErrOutcomeUnknown))
}

// exitOf returns the worker's death in err.
func exitOf(t testing.TB, err error) *procactor.ExitError {
	t.Helper()
	var exit *procactor.ExitError
	require.ErrorAs(t, err, &exit)
	return exit
}

// works asserts that the host answers.
func works(t testing.TB, h procactor.Host) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := square.On(h).Call(ctx, 12)
	require.NoError(t, err)
	assert.Equal(t, 144, got)
}

// killProcess kills a process as somebody else would.
func killProcess(t testing.TB, pid int) {
	t.Helper()
	p, err := os.FindProcess(pid)
	require.NoError(t, err)
	defer p.Release() //nolint:errcheck // nothing can be done about it
	require.NoError(t, p.Kill())
}

// keeper fills a slot again whenever its life ends, as a supervisor without a
// limit would.
type keeper struct {
	slot  *actor.Slot
	start func(at *actor.Slot) error

	mu      sync.Mutex // protects the following
	changed *sync.Cond
	state   keeperState
	held    bool
	over    bool
	downs   []actor.Down
}

type keeperState uint8

const (
	slotEmpty keeperState = iota
	slotStarting
	slotFull
)

// keep fills a new slot at path by start, and empties it with the test.
func keep(t testing.TB, sys *actor.System, path string, start func(at *actor.Slot) error) *keeper {
	t.Helper()
	k := &keeper{start: start}
	k.changed = sync.NewCond(&k.mu)
	k.slot = actor.NewSlot(sys, path, k.exited)
	k.slot.OnSettled(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.changed.Broadcast()
	})
	k.resume()
	k.await(slotFull)
	t.Cleanup(k.giveUp)
	return k
}

func (k *keeper) exited(d actor.Down) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.downs = append(k.downs, d)
	k.state = slotEmpty
	k.fill()
}

// internalError is Windows' ERROR_INTERNAL_ERROR, which Wine answers a spawn with
// now and then, on a busy machine: its CreateProcess waits until the new process
// has set itself up, and says that of one that has ended before, with status 0. No
// line of that program has run. No other system has the number.
const internalError = syscall.Errno(1359)

// fill starts a life if one is wanted; with k.mu held.
func (k *keeper) fill() {
	defer k.changed.Broadcast()
	if k.state != slotEmpty || k.held || k.over {
		return
	}
	k.state = slotStarting
	lives := len(k.downs)
	go func() {
		err := k.start(k.slot)
		for tries := 1; tries < 5 && errors.Is(err, internalError); tries++ {
			fmt.Fprintln(os.Stderr, "started once more, as a supervisor would:", err)
			err = k.start(k.slot)
		}
		if err != nil {
			panic("the test's own start failed: " + err.Error())
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if len(k.downs) == lives { // otherwise it has ended already
			k.state = slotFull
			k.changed.Broadcast()
		}
	}()
}

func (k *keeper) await(want keeperState) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.state != want {
		k.changed.Wait()
	}
}

// settled waits for the end of a start.
func (k *keeper) settled() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.state == slotStarting {
		k.changed.Wait()
	}
}

// hold ends the life and lets none come. It returns when nobody sees a life any
// more, which is after the keeper is told.
func (k *keeper) hold() {
	k.mu.Lock()
	k.held = true
	k.mu.Unlock()
	k.settled()
	k.slot.Kill(actor.ErrKilled)
	k.await(slotEmpty)
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, seen := k.slot.PID(); seen; _, seen = k.slot.PID() {
		k.changed.Wait()
	}
}

func (k *keeper) resume() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = false
	k.fill()
}

// giveUp ends the life and lets none come ever.
func (k *keeper) giveUp() {
	k.mu.Lock()
	k.over = true
	k.mu.Unlock()
	k.settled()
	k.slot.Kill(actor.ErrKilled)
	k.await(slotEmpty)
	k.slot.Release(actor.ErrShutdown)
}
