package procactor_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProcessIsAnotherProcess(t *testing.T) {
	p := start(t, procactor.Self("some", "arguments"))
	pid, err := process.On(p).Call(t.Context(), struct{}{})
	require.NoError(t, err)
	assert.NotEqual(t, os.Getpid(), pid)
	assert.Equal(t, pid, procactor.ProcessID(p))
	line, err := os.ReadFile(filepath.Join(procDir, strconv.Itoa(pid), "cmdline"))
	if err == nil { // where there is a /proc
		args := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
		assert.Equal(t, []string{os.Args[0], "some", "arguments"}, args)
	}
}

// Guarantee(stop): Stop lets running calls finish within the worker's grace; waiting calls are told that no worker will come.
func TestStopLetsRunningCallsFinish(t *testing.T) {
	onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
		s := newStage(t)
		running := call(t.Context(), puppet.On(h), s.part("running"))
		player := s.next(t)
		down := puppet.On(h).Watch(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- stop(t.Context(), h) }()
		waitStopping(t, h)
		player.do("return made it")
		got := wait(t, "the running call's reply", running)
		require.NoError(t, got.err)
		assert.Equal(t, "made it", got.out)
		require.NoError(t, wait(t, "the stop", stopped))
		assert.ErrorIs(t, wait(t, "the Down", down).Reason, actor.ErrShutdown)
		_, err := square.On(h).Call(t.Context(), 1)
		failed(t, err, actor.NotSent)
		assert.ErrorIs(t, err, actor.ErrNoActor)
	})
}

func stop(ctx context.Context, h procactor.Host) error {
	return h.(interface{ Stop(context.Context) error }).Stop(ctx)
}

func TestStopKillsWhoDoesNotStop(t *testing.T) {
	w := procactor.Self()
	w.Grace = 10 * time.Millisecond
	onBoth(t, w, func(t *testing.T, h procactor.Host) {
		s := newStage(t)
		running := call(t.Context(), puppet.On(h), s.stubborn("running"))
		s.next(t)
		down := puppet.On(h).Watch(t.Context())
		require.NoError(t, stop(t.Context(), h))
		err := wait(t, "the running call's end", running).err
		failed(t, err, actor.Unknown)
		exit := exitOf(t, err)
		assert.True(t, exit.Killed)
		assert.Equal(t, graceEnd, exit.Signal, "TERM is enough, where there is one")
		_, pool := h.(*procactor.Pool) // stops well whatever its workers do
		assert.Equal(t, goodGraceEnd || pool, actor.IsNormal(wait(t, "the Down", down).Reason))
	})
}

// A program that ignores TERM has to be killed, and that is no good end.
func TestStopThatTakesAKill(t *testing.T) {
	if testing.Short() && goodGraceEnd { // where nothing asks a worker to end, there is no ladder
		t.Skip("the ladder takes four seconds")
	}
	t.Parallel()
	w := role(t, "deaf")
	w.Grace = 10 * time.Millisecond
	p := start(t, w)
	s := newStage(t)
	running := call(t.Context(), puppet.On(p), s.stubborn("running"))
	s.next(t)
	down := puppet.On(p).Watch(t.Context())
	require.NoError(t, p.Stop(t.Context()))
	assert.Equal(t, syscall.SIGKILL, exitOf(t, wait(t, "the running call's end", running).err).Signal)
	reason := wait(t, "the Down", down).Reason
	assert.ErrorIs(t, reason, actor.ErrKilled)
	assert.False(t, actor.IsNormal(reason))
}

func TestStopKillsWhenItsContextEnds(t *testing.T) {
	onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
		s := newStage(t)
		running := call(t.Context(), puppet.On(h), s.part("running"))
		s.next(t)
		ctx, cancel := context.WithCancel(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- stop(ctx, h) }()
		waitStopping(t, h)
		cancel()
		err := wait(t, "the stop", stopped)
		require.ErrorIs(t, err, context.Canceled)
		var left *actor.CloseError
		require.NotErrorAs(t, err, &left, "nothing is left")
		exit := exitOf(t, wait(t, "the running call's end", running).err)
		assert.True(t, exit.Killed)
		require.ErrorIs(t, stop(t.Context(), h), actor.ErrNoActor, "it is over")
	})
}

func TestKilledSystemKillsItsWorkers(t *testing.T) {
	sys := newSystem(t)
	p, err := procactor.Start(t.Context(), sys, "w", procactor.Self())
	require.NoError(t, err)
	pool, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 2})
	require.NoError(t, err)
	s := newStage(t)
	one := call(t.Context(), puppet.On(p), s.stubborn("one"))
	two := call(t.Context(), puppet.On(pool), s.stubborn("two"))
	s.next(t)
	s.next(t)
	now, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, sys.Close(now))
	for _, got := range []<-chan answer[string]{one, two} {
		exit := exitOf(t, wait(t, "a call's end", got).err)
		assert.True(t, exit.Killed)
		assert.Equal(t, syscall.SIGKILL, exit.Signal)
		assert.ErrorIs(t, exit, actor.ErrKilled)
	}
}

func TestIdleWorkerThatEnds(t *testing.T) {
	for name, other := range otherEnds {
		t.Run(name, func(t *testing.T) {
			p := start(t, procactor.Self())
			down := square.On(p).Watch(t.Context())
			other.end(t, procactor.ProcessID(p))
			d := wait(t, "the Down", down)
			assert.Equal(t, "w", d.PID.Name)
			assert.False(t, actor.IsNormal(d.Reason))
			other.want.checkExit(t, exitOf(t, d.Reason))
			_, err := square.On(p).Call(t.Context(), 1)
			assert.ErrorIs(t, err, actor.ErrNoActor)
			other.want.checkExit(t, exitOf(t, err)) // why there is none
		})
	}
}

func TestSupervisedProcess(t *testing.T) {
	sys := newSystem(t)
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name:     "top",
		Policy:   supervise.Policy{Intensity: 2, Period: time.Hour},
		Children: []supervise.ChildSpec{procactor.ProcessChild("w", procactor.Self())},
	})
	require.NoError(t, err)
	host := procactor.HostAt(sys, "top/w")
	ref := puppet.On(host)
	assert.Equal(t, "top/w", ref.Name())

	s := newStage(t)
	for range 2 {
		running := call(t.Context(), ref, s.part("running"))
		player := s.next(t)
		queued := call(t.Context(), square.On(host), 7)
		before, ok := ref.PID()
		require.True(t, ok)
		player.do("panic over")
		failed(t, wait(t, "the running call's end", running).err, actor.Unknown)
		got := wait(t, "the queued call's reply", queued)
		require.NoError(t, got.err)
		assert.Equal(t, 49, got.out)
		after, ok := ref.PID()
		require.True(t, ok)
		assert.Greater(t, after.Incarnation, before.Incarnation)
	}

	// Once more is too much: the supervisor gives up, and says so to all.
	running := call(t.Context(), ref, s.part("running"))
	player := s.next(t)
	queued := call(t.Context(), square.On(host), 7)
	player.do("exit 5")
	failed(t, wait(t, "the running call's end", running).err, actor.Unknown)
	err = wait(t, "the queued call's end", queued).err
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
	<-sup.Done()
	var intensity *supervise.IntensityError
	require.ErrorAs(t, sup.Err(), &intensity)
	require.Len(t, intensity.Deaths, 3)
	assert.Equal(t, 5, exitOf(t, intensity.Deaths[2].Reason).Code)
	_, err = square.On(host).Call(t.Context(), 1)
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
}

func TestSupervisedProcessIsItsSupervisorsToStop(t *testing.T) {
	sys := newSystem(t)
	kept := make(chan *procactor.Process, 1)
	keep(t, sys, "top/w", func(at *actor.Slot) error {
		p, err := procactor.Start(context.Background(), at, "w", procactor.Self())
		if err == nil {
			kept <- p
		}
		return err
	})
	assert.ErrorIs(t, (<-kept).Stop(t.Context()), actor.ErrNotParent)
}

func TestTransientProcess(t *testing.T) {
	sys := newSystem(t)
	child := procactor.ProcessChild("w", procactor.Self())
	child.Restart = supervise.Transient
	_, err := supervise.Start(t.Context(), sys, supervise.Spec{Name: "top", Children: []supervise.ChildSpec{child}})
	require.NoError(t, err)
	host := procactor.HostAt(sys, "top/w")
	before, ok := square.On(host).PID()
	require.True(t, ok)
	down := square.On(host).Watch(t.Context())
	require.NoError(t, sys.Exit(before, actor.ErrShutdown))
	assert.Equal(t, actor.ErrShutdown, wait(t, "the Down", down).Reason)
	_, err = square.On(host).Call(t.Context(), 1)
	assert.ErrorIs(t, err, actor.ErrNoActor, "a good end is the end")
}

func TestAt(t *testing.T) {
	sys := newSystem(t)
	host := procactor.HostAt(sys, "later")
	ref := square.On(host)
	_, err := ref.Call(t.Context(), 3)
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
	_, err = procactor.Start(t.Context(), sys, "later", procactor.Self())
	require.NoError(t, err)
	works(t, host)

	_, err = actor.SpawnFunc(t.Context(), sys, "goroutine", func(_ context.Context, n int) (int, error) { return n, nil })
	require.NoError(t, err)
	_, err = square.On(procactor.HostAt(sys, "goroutine")).Call(t.Context(), 3)
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrType)
}

func TestDrainWaitsForWhatIsAdmitted(t *testing.T) {
	sys := newSystem(t)
	pool, err := procactor.StartPool(t.Context(), sys, "pool", procactor.Self(), procactor.PoolConfig{Size: 1})
	require.NoError(t, err)
	s := newStage(t)
	// One that runs, one that waits, and one that will be delivered again.
	again := call(t.Context(), puppet.Idempotent().On(pool), s.part("again"))
	player := s.next(t)
	queued := call(t.Context(), puppet.On(pool), s.part("queued"))
	require.Eventually(t, func() bool { return procactor.Waiting(pool) == 1 }, patience, time.Millisecond)
	drained := make(chan error, 1)
	go func() { drained <- sys.Drain(t.Context()) }()
	require.Eventually(t, func() bool {
		return errors.Is(square.On(pool).Cast(t.Context(), 1), actor.ErrDraining)
	}, patience, time.Millisecond)
	player.do("exit 1")
	for range 2 {
		select {
		case err := <-drained:
			require.Fail(t, "drained too early", "%v", err)
		case player := <-s.entered:
			player.do("return done")
		}
	}
	require.NoError(t, wait(t, "the second delivery", again).err)
	require.NoError(t, wait(t, "the queued call", queued).err)
	require.NoError(t, wait(t, "the drain", drained))
}

func TestMailboxOfAProcessIsBounded(t *testing.T) {
	p := start(t, procactor.Self())
	s := newStage(t)
	running := call(t.Context(), puppet.On(p), s.part("running"))
	player := s.next(t)
	full := 0
	for range 1100 {
		if errors.Is(square.On(p).Cast(actor.NoWait(t.Context()), 1), mailbox.ErrFull) {
			full++
		}
	}
	assert.Equal(t, 1100-1024, full)
	player.do("return free again")
	require.NoError(t, wait(t, "the running call's reply", running).err)
	works(t, p)
}
