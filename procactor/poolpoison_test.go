package procactor_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/scale"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(poison): However many poison requests and kills there are, the pool goes on, no other call fails because of them, and no call waits for more than the calls before it and the starts that follow their deaths.
func TestPoisonKeepsNoCallWaiting(t *testing.T) {
	var starts atomic.Int64
	w := procactor.Self()
	w.Channel = func(rw io.ReadWriteCloser) io.ReadWriteCloser { starts.Add(1); return rw }
	pool := startPool(t, w, procactor.PoolConfig{Size: 2})
	s := newStage(t)
	ref := puppet.Idempotent().WithKey(func(s strand) string { return s.Key }).On(pool)
	first := []<-chan answer[string]{call(t.Context(), ref, s.part("first")), call(t.Context(), ref, s.part("second"))}
	busy := []*player{s.next(t), s.next(t)}

	// Twenty new poison keys in a row, each in front of a good call.
	const pairs = 20
	var poison, good []<-chan answer[string]
	place := map[string]int{}
	enqueue := func(key string) <-chan answer[string] {
		place[key] = len(place)
		got := call(t.Context(), ref, s.part(key))
		require.Eventually(t, func() bool { return procactor.Waiting(pool) == len(place) }, patience, time.Millisecond)
		return got
	}
	for i := range pairs {
		poison = append(poison, enqueue(fmt.Sprint("poison ", i)))
		good = append(good, enqueue(fmt.Sprint("good ", i)))
	}
	before := starts.Load()
	for _, b := range busy {
		b.do("return free")
	}
	for _, got := range first {
		require.NoError(t, wait(t, "a first call", got).err)
	}
	// Each is told what to do in its turn, so that what came before it is known.
	delivered, here := 0, map[int]*player{}
	perform := func(turn int) *player {
		for here[turn] == nil {
			p := s.next(t)
			delivered++
			here[place[p.Key]] = p
		}
		p := here[turn]
		delete(here, turn)
		return p
	}
	for i := range pairs {
		for range 3 {
			perform(2 * i).do("exit 1")
		}
		player := perform(2*i + 1)
		assert.LessOrEqual(t, int(starts.Load()-before), 3*(i+1)+1, "starts until good call %d began: one after each death, and one", i)
		assert.LessOrEqual(t, delivered, 4*(i+1)+1, "deliveries until it began: its own, those before it, and one on the other worker")
		player.do("return fine")
	}
	for i := range pairs {
		a := wait(t, "a good call", good[i])
		require.NoError(t, a.err)
		var p *procactor.PoisonError
		require.ErrorAs(t, wait(t, "a poison call", poison[i]).err, &p)
	}
}

// A pool without a budget takes what comes: poison, and kills from outside of
// workers that run a call and of such that run none.
func TestPoolTakesPoisonAndKills(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 2})
		mistreat(t, pool)
	})
	t.Run("under a supervisor", func(t *testing.T) {
		sys := newSystem(t)
		_, err := supervise.Start(t.Context(), sys, supervise.Spec{
			Name: "top", Policy: supervise.Policy{Intensity: supervise.NoRestarts},
			Children: []supervise.ChildSpec{procactor.PoolChild("pool", procactor.Self(), procactor.PoolConfig{Size: 2})},
		})
		require.NoError(t, err)
		mistreat(t, procactor.HostAt(sys, "top/pool"))
	})
}

// mistreat does to a pool what its callers and others may do, and asserts that
// it is the same one all the time, and answers.
func mistreat(t *testing.T, pool procactor.Host) {
	t.Helper()
	before, alive := square.On(pool).PID()
	require.True(t, alive)
	for range 7 {
		_, err := misbehave.Idempotent().On(pool).Call(t.Context(), "exit")
		var poison *procactor.PoisonError
		require.ErrorAs(t, err, &poison)
		works(t, pool)
	}
	s := newStage(t)
	for range scale.Rounds(t, 7, 21) {
		got := call(t.Context(), puppet.On(pool), s.part("busy"))
		killProcess(t, s.next(t).Process)
		failed(t, wait(t, "the call's end", got).err, actor.Unknown)

		works(t, pool)
		idle := procactor.ProcessID(pool)
		killProcess(t, idle)
		require.Eventually(t, func() bool { return procactor.ProcessID(pool) != idle }, patience, time.Millisecond)
		works(t, pool)
	}
	after, _ := square.On(pool).PID()
	assert.Equal(t, before, after, "it never gave up")
}

// A worker that is told to end, by whoever may, is no failure of the pool's.
func TestOrderedEndsUseNoBudget(t *testing.T) {
	sys := newSystem(t)
	cfg := procactor.PoolConfig{Size: 1, Budget: supervise.Budget{Intensity: supervise.NoRestarts}}
	pool, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), cfg)
	require.NoError(t, err)
	before, _ := pool.PID()
	for range 3 {
		var workers []procactor.WorkerInfo
		require.Eventually(t, func() bool { workers = pool.Workers(); return len(workers) == 1 }, patience, time.Millisecond)
		down := sys.Watch(t.Context(), workers[0].PID)
		require.NoError(t, sys.Exit(workers[0].PID, actor.ErrShutdown))
		wait(t, "the worker's end", down)
	}
	require.Eventually(t, func() bool { return len(pool.Workers()) == 1 }, patience, time.Millisecond)
	after, _ := pool.PID()
	assert.Equal(t, before, after)
}

// lingering is an actor whose end waits for the test.
type lingering struct{ begun, free chan struct{} }

func (lingering) Receive(context.Context, struct{}, func(struct{}) error) error { return nil }

func (l lingering) Terminate(error) {
	close(l.begun)
	<-l.free
}

// What ends while its system is being closed cannot be replaced, and that is
// nobody's trouble.
func TestPoolIsQuietWhileItsSystemIsClosed(t *testing.T) {
	log := newLogBook()
	sys := actor.NewSystem(actor.WithLogger(slog.New(log)))
	cfg := procactor.PoolConfig{Size: 1, Budget: supervise.Budget{Intensity: supervise.NoRestarts}}
	pool, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), cfg)
	require.NoError(t, err)
	l := lingering{make(chan struct{}), make(chan struct{})}
	_, err = actor.Spawn(t.Context(), sys, "lingering", func(actor.Ref[struct{}, struct{}]) actor.Behavior[struct{}, struct{}] { return l })
	require.NoError(t, err)
	down := square.On(pool).Watch(t.Context())
	closed := make(chan error, 1)
	go func() { closed <- sys.Close(context.Background()) }()
	<-l.begun
	_, err = misbehave.On(pool).Call(t.Context(), "exit")
	failed(t, err, actor.Unknown)
	waiting := call(t.Context(), square.On(pool), 7)
	require.Eventually(t, func() bool { return procactor.Waiting(pool) == 1 }, patience, time.Millisecond)
	close(l.free)
	require.NoError(t, wait(t, "the end of the system", closed))
	assert.ErrorIs(t, wait(t, "the Down", down).Reason, actor.ErrShutdown)
	failed(t, wait(t, "the waiting call's end", waiting).err, actor.NotSent)
	close(log.records)
	for r := range log.records {
		assert.NotContains(t, r.Message, "started")
		assert.NotContains(t, r.Message, "gave up")
	}
}
