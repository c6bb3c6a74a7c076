package procactor_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// nothingLeft is called before and returns what to call after: then no
// goroutine, descriptor or process may be left. Such a test does not run
// beside others.
func nothingLeft(t *testing.T) (check func()) {
	t.Helper()
	ignore := goleak.IgnoreCurrent()
	before, had := descriptors(t), len(childProcesses()) // a guardian, if a System was there
	return func() {
		t.Helper()
		goleak.VerifyNone(t, ignore)
		var now int
		var children []string
		if !assert.Eventually(t, func() bool {
			now, children = descriptors(t), childProcesses()
			return now <= before+descriptorsOfThreads && len(children) <= had
		}, hangGuard, 5*time.Millisecond) {
			t.Errorf("%d descriptors before, %d now; children: %v", before, now, children)
		}
	}
}

// closing closes the system in the test, not after it.
func closing(t *testing.T, sys *actor.System) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hangGuard)
	defer cancel()
	require.NoError(t, sys.Close(ctx))
}

// rightClass tells whether a call whose worker may be killed at any time may
// end so, having run or not.
func rightClass(err error, ran bool) bool {
	call, ok := errors.AsType[*actor.CallError](err)
	if !ok {
		return false
	}
	exit, died := errors.AsType[*procactor.ExitError](err)
	switch {
	case ran && (call.Delivery == actor.NotSent || call.Delivery == actor.NotStarted):
		return false
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, actor.ErrNoActor):
		return true
	}
	return died && diedByOthers(exit)
}

// Guarantee(crash): When workers are killed at random under load, every call ends exactly once with the right class, and no goroutine, descriptor or process is left.
func TestKillUnderLoad(t *testing.T) {
	check := nothingLeft(t)
	sys := quietSystem(t)
	w := quick()
	cfg := procactor.PoolConfig{Size: 3}
	pool, err := procactor.StartPool(t.Context(), sys, "pool", w, cfg)
	require.NoError(t, err)
	dir := t.TempDir()
	ref := act.On(pool)
	ctx, cancel := context.WithTimeout(t.Context(), hangGuard)
	defer cancel()

	// Not so many that the pool waits long before it starts a worker again.
	const kills = 15
	done := make(chan struct{})
	go func() {
		defer close(done)
		for k := 0; k < kills && ctx.Err() == nil; {
			<-time.After(time.Duration(rand.IntN(40)) * time.Millisecond)
			if workers := pool.Workers(); len(workers) > 0 {
				endProcess(workers[rand.IntN(len(workers))].Process)
				k++
			}
		}
	}()
	goOn := func(calls int) bool {
		select {
		case <-done:
			return calls < 20
		default:
			return true
		}
	}
	var callers sync.WaitGroup
	var good, bad atomic.Int64
	for c := range 8 {
		callers.Go(func() {
			for i := 0; goOn(i); i++ {
				file := filepath.Join(dir, strconv.Itoa(c)+"-"+strconv.Itoa(i))
				_, err := ref.Call(ctx, deed{Do: "mark", Text: file})
				marks, _ := os.ReadFile(file)
				assert.LessOrEqual(t, len(marks), 1, "delivered twice")
				if err == nil {
					good.Add(1)
					assert.Len(t, marks, 1)
					continue
				}
				bad.Add(1)
				assert.True(t, rightClass(err, len(marks) > 0), "%v", err)
				_, err = ref.Call(ctx, deed{Do: "nap", N: rand.IntN(3000)})
				assert.True(t, err == nil || rightClass(err, false) || rightClass(err, true), "%v", err)
			}
		})
	}
	callers.Wait()
	t.Logf("%d calls, %d of them lost", good.Load()+bad.Load(), bad.Load())
	_, err = ref.Call(ctx, deed{Do: "pid"})
	require.NoError(t, err, "it goes on")
	closing(t, sys)
	check()
}

func TestCrashCyclesLeaveNothing(t *testing.T) {
	check := nothingLeft(t)
	sys := quietSystem(t)
	for range scale.Rounds(t, crashCycles, 200) {
		p := begin(t, sys, "w", quick())
		_, err := act.On(p).Call(t.Context(), deed{Do: "last words", N: int(lastWord)})
		require.True(t, rightClass(err, true), "%v", err)
		require.Eventually(t, func() bool { _, alive := p.PID(); return !alive }, hangGuard, time.Millisecond)
	}
	closing(t, sys)
	check()
}

func TestFailedStartsLeaveNothing(t *testing.T) {
	check := nothingLeft(t)
	sys := quietSystem(t)
	for range 20 {
		w := role(t, "exit 0")
		_, err := procactor.Start(t.Context(), sys, "w", w)
		require.Error(t, err)
		w = procactor.Program(filepath.Join(t.TempDir(), "missing"))
		_, err = procactor.Start(t.Context(), sys, "w", w)
		require.Error(t, err)
		w = quick()
		w.Dir = filepath.Join(t.TempDir(), "missing")
		_, err = procactor.Start(t.Context(), sys, "w", w)
		require.Error(t, err)
	}
	closing(t, sys)
	check()
}
