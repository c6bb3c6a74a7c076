package procactor_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(crash): A pool replaces a worker that died, answers what was queued behind the crash, and loses only the call that ran there.
func TestPoolReplacesItsDead(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 2})
	before := pool.Workers()
	require.Len(t, before, 2)
	poolPID, ok := pool.PID()
	require.True(t, ok)
	assert.Equal(t, "pool", pool.Name())
	assert.ElementsMatch(t, []string{"pool#1", "pool#2"}, []string{before[0].PID.Name, before[1].PID.Name})
	assert.NotEqual(t, before[0].Process, before[1].Process)

	s := newStage(t)
	victim := call(t.Context(), puppet.On(pool), s.part("victim"))
	doomed := s.next(t)
	survivor := call(t.Context(), puppet.On(pool), s.part("survivor"))
	player := s.next(t)
	busy := pool.Workers()
	assert.Equal(t, []int{1, 1}, []int{busy[0].Calls, busy[1].Calls})
	queued := call(t.Context(), puppet.On(pool), s.part("queued"))
	require.Eventually(t, func() bool { return procactor.Waiting(pool) == 1 }, patience, time.Millisecond)

	killProcess(t, doomed.Process)
	err := wait(t, "the victim's end", victim).err
	failed(t, err, actor.Unknown)
	assert.True(t, diedByOthers(exitOf(t, err)), "%v", err)
	next := s.next(t)
	assert.Equal(t, "queued", next.Key)
	assert.NotContains(t, []int{before[0].Process, before[1].Process}, next.Process, "a fresh process")
	next.do("return served")
	player.do("return survived")
	require.NoError(t, wait(t, "the queued call", queued).err)
	require.NoError(t, wait(t, "the survivor", survivor).err)

	after := pool.Workers()
	require.Len(t, after, 2)
	now, ok := pool.PID()
	require.True(t, ok)
	assert.Equal(t, poolPID, now, "the pool is the same")
}

// A budget counts the death of an idle worker, which no call explains, and no
// death in a call.
func TestPoolGivesUp(t *testing.T) {
	cfg := procactor.PoolConfig{Size: 1}
	cfg.Budget.Intensity = supervise.NoRestarts
	pool := startPool(t, procactor.Self(), cfg)
	down := square.On(pool).Watch(t.Context())
	for range 3 {
		_, err := misbehave.On(pool).Call(t.Context(), "exit")
		failed(t, err, actor.Unknown)
		works(t, pool)
	}
	victim := pool.Workers()[0]
	killProcess(t, victim.Process)
	var intensity *supervise.IntensityError
	require.ErrorAs(t, wait(t, "the Down", down).Reason, &intensity)
	require.Len(t, intensity.Deaths, 1)
	assert.Equal(t, "pool#1", intensity.Deaths[0].Child)
	assert.Equal(t, victim.Process, exitOf(t, intensity.Deaths[0].Reason).PID)
	_, err := square.On(pool).Call(t.Context(), 7)
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
	require.ErrorAs(t, err, &intensity, "it says why")
	assert.Empty(t, pool.Workers())
	_, alive := pool.PID()
	assert.False(t, alive)
}

// A pool whose workers cannot start again has no use for waiting.
func TestPoolOfAProgramThatIsGone(t *testing.T) {
	w, remove := vanishing(t)
	cfg := procactor.PoolConfig{Size: 1}
	cfg.Budget.Intensity = 2
	pool := startPool(t, w, cfg)
	down := square.On(pool).Watch(t.Context())
	remove()
	_, err := misbehave.On(pool).Call(t.Context(), "exit")
	failed(t, err, actor.Unknown)
	var intensity *supervise.IntensityError
	require.ErrorAs(t, wait(t, "the Down", down).Reason, &intensity)
	require.Len(t, intensity.Deaths, 3)
	for _, d := range intensity.Deaths {
		var start *actor.StartError
		require.ErrorAs(t, d.Reason, &start, "that of the call does not count")
	}
}

// Guarantee(restarts): A pool whose workers cannot start for a while is complete again afterwards.
func TestPoolOutlivesTroubleOfItsSetup(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trouble")
	log := newLogBook()
	pool := startLogged(t, log, role(t, "while", fileVariable+"="+file), procactor.PoolConfig{Size: 2})
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := misbehave.On(pool).Call(t.Context(), "exit")
	failed(t, err, actor.Unknown)
	for range 2 {
		assert.Equal(t, slog.LevelWarn, log.await(t, "the database is down"))
	}
	require.NoError(t, os.Remove(file))
	require.Eventually(t, func() bool { return len(pool.Workers()) == 2 }, patience, time.Millisecond)
	works(t, pool)
}

func TestPoolLosesAPlaceForGood(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trouble")
	log := newLogBook()
	pool := startLogged(t, log, role(t, "while", fileVariable+"="+file), procactor.PoolConfig{Size: 2})
	require.NoError(t, os.WriteFile(file, []byte("for good"), 0o600))
	_, err := misbehave.On(pool).Call(t.Context(), "exit")
	failed(t, err, actor.Unknown)
	assert.Equal(t, slog.LevelError, log.await(t, "status 125"))
	assert.Len(t, pool.Workers(), 1)
	works(t, pool)
}

func TestPoolConfigIsChecked(t *testing.T) {
	tests := map[string]struct {
		cfg   procactor.PoolConfig
		field string
	}{
		"hangs":     {procactor.PoolConfig{Quarantine: procactor.Quarantine{Hangs: -2}}, "Quarantine.Hangs"},
		"size":      {procactor.PoolConfig{Size: -1}, "Size"},
		"intensity": {procactor.PoolConfig{Budget: supervise.Budget{Intensity: -2}}, "Budget.Intensity"},
		"period":    {procactor.PoolConfig{Budget: supervise.Budget{Intensity: 1, Period: -1}}, "Budget.Period"},
		"no budget": {procactor.PoolConfig{Budget: supervise.Budget{Period: time.Minute}}, "Budget.Period"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := procactor.StartPool(t.Context(), newSystem(t), "pool", procactor.Self(), test.cfg)
			var spec *supervise.SpecError
			require.ErrorAs(t, err, &spec)
			assert.Equal(t, test.field, spec.Field)
			assert.Equal(t, "pool", spec.Supervisor)
		})
	}
}

func TestPoolWhoseWorkersDoNotAllStart(t *testing.T) {
	sys := newSystem(t)
	w := role(t, "lottery", fileVariable+"="+t.TempDir()+"/taken")
	_, err := procactor.StartPool(t.Context(), sys, "pool", w, procactor.PoolConfig{Size: 3})
	var start *actor.StartError
	require.ErrorAs(t, err, &start)
	var setup *procactor.SetupError
	require.ErrorAs(t, err, &setup)
	_, alive := sys.PIDAt("pool#1")
	assert.False(t, alive, "who did start was stopped")
}

func TestSupervisedPool(t *testing.T) {
	sys := newSystem(t)
	cfg := procactor.PoolConfig{Size: 1}
	cfg.Budget.Intensity = supervise.NoRestarts
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name:     "top",
		Policy:   supervise.Policy{Intensity: 1, Period: time.Hour},
		Children: []supervise.ChildSpec{procactor.PoolChild("pool", procactor.Self(), cfg)},
	})
	require.NoError(t, err)
	pool := procactor.HostAt(sys, "top/pool")
	before, _ := puppet.On(pool).PID()
	down := puppet.On(pool).Watch(t.Context())
	killProcess(t, procactor.ProcessID(pool))
	wait(t, "the end of the pool's first life", down)
	works(t, pool) // by the next life of the pool
	after, _ := puppet.On(pool).PID()
	assert.Greater(t, after.Incarnation, before.Incarnation)
	killProcess(t, procactor.ProcessID(pool))
	<-sup.Done()
	var intensity *supervise.IntensityError
	require.ErrorAs(t, sup.Err(), &intensity)
	var inner *supervise.IntensityError
	require.ErrorAs(t, intensity.Deaths[0].Reason, &inner, "the supervisor sees why the pool gave up")
}

func TestCloseWhileCallsRun(t *testing.T) {
	sys := newSystem(t)
	pool, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	require.NoError(t, err)
	s := newStage(t)
	var running []<-chan answer[string]
	var players []*player
	for range 2 {
		running = append(running, call(t.Context(), puppet.On(pool), s.part("running")))
		players = append(players, s.next(t))
	}
	waits := call(t.Context(), square.On(pool), 7)
	require.Eventually(t, func() bool { return procactor.Waiting(pool) == 1 }, patience, time.Millisecond)
	closed := make(chan error, 1)
	go func() { closed <- sys.Close(t.Context()) }()
	waitStopping(t, pool)
	for i, p := range players {
		p.do("return in time")
		require.NoError(t, wait(t, "a running call", running[i]).err)
	}
	err = wait(t, "the waiting call's end", waits).err
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
	require.NoError(t, wait(t, "the close", closed))
}

func TestPoolIsServedByAllWorkers(t *testing.T) {
	const size = 3
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: size})
	s := newStage(t)
	var running []<-chan answer[string]
	processes := map[int]bool{}
	var players []*player
	for range size {
		running = append(running, call(t.Context(), puppet.On(pool), s.part("busy")))
		p := s.next(t)
		players = append(players, p)
		processes[p.Process] = true
	}
	assert.Len(t, processes, size)
	for i, p := range players {
		p.do("return ok")
		require.NoError(t, wait(t, "a call", running[i]).err)
	}
}

func TestMapOverAPool(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 3})
	n := 0
	for out, err := range procactor.Map(t.Context(), square.On(pool), upTo(500)) {
		require.NoError(t, err)
		require.Equal(t, n*n, out)
		n++
	}
	assert.Equal(t, 500, n)

	// A worker that dies is an error in its place.
	deeds := []string{"fine", "panic", "well", "error", "good"}
	var got []string
	for out, err := range procactor.Map(t.Context(), misbehave.On(pool), slices.Values(deeds)) {
		if err != nil {
			out = "an error"
		}
		got = append(got, out)
	}
	assert.Equal(t, []string{"fine", "an error", "well", "an error", "good"}, got)
	works(t, pool)
}

func TestMapCancelsWhatRunsWhenItIsLeft(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 3})
	s := newStage(t)
	in := []strand{s.part("first"), s.part("second"), s.part("third")}
	others := make(chan *player, 2)
	go func() {
		for range in {
			if p := <-s.entered; p.Key != "first" {
				others <- p
			} else {
				defer p.do("return enough") // when all three run
			}
		}
	}()
	for out, err := range procactor.Map(t.Context(), puppet.On(pool), slices.Values(in)) {
		require.NoError(t, err)
		assert.Equal(t, "enough", out)
		break
	}
	for range 2 {
		wait(t, "another puppet", others).canceled(t)
	}
	works(t, pool)
}

func TestMapFold(t *testing.T) {
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 2})
	join := func(acc []int, n int) []int { return append(acc, n) }
	got, err := procactor.MapFold(t.Context(), square.On(pool), upTo(5), nil, join)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1, 4, 9, 16}, got)

	// The first error ends it, with what was folded until then.
	text, err := procactor.MapFold(t.Context(), misbehave.On(pool), slices.Values([]string{"a", "b", "error", "c"}), "", func(acc, s string) string { return acc + s })
	failed(t, err, actor.Done)
	assert.Equal(t, "ab", text)

	bored := errors.New("bored")
	ctx, cancel := context.WithCancelCause(t.Context())
	n := 0
	_, err = procactor.MapFold(ctx, square.On(pool), upTo(1<<30), 0, func(acc, _ int) int {
		if n++; n == 10 {
			cancel(bored)
		}
		return acc
	})
	assert.ErrorIs(t, err, context.Canceled)
	assert.ErrorIs(t, err, bored)
	works(t, pool)
}
