package procactor_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(multiply): A pool of Exec never runs more processes at once than its size, however many calls wait; an idle one has none.
func TestCommandPoolSize(t *testing.T) {
	pool := startPool(t, execIn(t), procactor.PoolConfig{Size: 2})
	puppet := marionette(t)
	s := newStage(t)
	const calls = 5
	got := make(chan answer[string], calls)
	for range calls {
		go func() {
			out, err := puppet.On(pool).Call(t.Context(), s.part("one"))
			got <- answer[string]{out, err}
		}()
	}
	require.Eventually(t, func() bool { return procactor.Waiting(pool) == calls-2 }, patience, time.Millisecond)
	seen := map[int]bool{}
	players := []*player{s.next(t), s.next(t)}
	for i := range calls {
		p := players[i]
		seen[p.Process] = true
		running := []int{}
		for _, w := range pool.Workers() {
			assert.LessOrEqual(t, w.Calls, 1)
			running = append(running, w.Process)
		}
		assert.Contains(t, running, p.Process)
		select {
		case extra := <-s.entered:
			t.Fatalf("a third runs: %v", extra.report)
		default:
		}
		p.do("return done")
		a := wait(t, "an answer", got)
		require.NoError(t, a.err)
		assert.Equal(t, "done", a.out)
		if i+2 < calls {
			players = append(players, s.next(t))
		}
	}
	assert.Len(t, seen, calls, "a process for each call")
	for _, w := range pool.Workers() {
		assert.Zero(t, w.Process)
		assert.Zero(t, w.Calls)
	}
}

func TestCommandsAtOnceOnOneProcess(t *testing.T) {
	p := start(t, execIn(t))
	s := newStage(t)
	several := marionette(t).Concurrent(3)
	alone := marionette(t)
	var got []<-chan answer[string]
	for range 3 {
		got = append(got, call(t.Context(), several.On(p), s.part("several")))
	}
	players := []*player{s.next(t), s.next(t), s.next(t)}
	last := call(t.Context(), alone.On(p), s.part("alone"))
	require.Eventually(t, func() bool { return procactor.Waiting(p) == 1 }, patience, time.Millisecond)
	for _, a := range players {
		assert.Equal(t, "several", a.Key)
		a.do("return x")
	}
	for _, g := range got {
		require.NoError(t, wait(t, "an answer", g).err)
	}
	s.next(t).do("return y")
	require.NoError(t, wait(t, "the last answer", last).err)
	width, ok := several.On(p).Target().(interface{ Width() int })
	require.True(t, ok)
	assert.Equal(t, 3, width.Width())
}

func TestCommandMap(t *testing.T) {
	pool := startPool(t, execIn(t), procactor.PoolConfig{Size: 2})
	words := strings.Fields("a process for each of these")
	shots := func(yield func(shot) bool) {
		for _, w := range words {
			cmd := tool(t, "cat")
			cmd.Stdin = strings.NewReader(w)
			if !yield(shot{cmd: cmd}) {
				return
			}
		}
	}
	var got []string
	for res, err := range procactor.Map(t.Context(), shoot.On(pool), shots) {
		require.NoError(t, err)
		got = append(got, string(res.Stdout))
	}
	assert.Equal(t, words, got)
}

// Guarantee(programs): Under a supervisor, an Exec host is ready at once; a command's death neither ends it nor counts as its death.
func TestCommandsUnderASupervisor(t *testing.T) {
	sys := newSystem(t)
	w := execIn(t)
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name:     "top",
		Policy:   supervise.Policy{Strategy: supervise.OneForOne, Intensity: supervise.NoRestarts, Period: time.Minute},
		Children: []supervise.ChildSpec{procactor.ProcessChild("tool", w), procactor.PoolChild("tools", w, procactor.PoolConfig{Size: 1})},
	})
	require.NoError(t, err)
	for _, path := range []string{"top/tool", "top/tools"} {
		host := procactor.HostAt(sys, path)
		puppet := marionette(t)
		before, ok := puppet.On(host).PID()
		require.True(t, ok)
		assert.Zero(t, procactor.ProcessID(host), "no process while it is idle")
		for range 4 {
			s := newStage(t)
			got := call(t.Context(), puppet.On(host), s.part("doomed"))
			killProcess(t, s.next(t).Process)
			err := wait(t, "the call's end", got).err
			if exit, ok := errors.AsType[*procactor.ExitError](err); ok { // on Windows it is an exit code
				failed(t, err, actor.Unknown)
				assert.False(t, exit.Killed)
			} else {
				failed(t, err, actor.Done)
			}
		}
		after, ok := puppet.On(host).PID()
		require.True(t, ok)
		assert.Equal(t, before, after)
	}
	require.NoError(t, sup.Stop(t.Context()))
	_, err = shoot.On(procactor.HostAt(sys, "top/tool")).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
}

func TestStopLetsRunningCommandsFinish(t *testing.T) {
	w := execIn(t)
	onBoth(t, w, func(t *testing.T, h procactor.Host) {
		s := newStage(t)
		running := call(t.Context(), marionette(t).On(h), s.part("running"))
		player := s.next(t)
		queued := call(t.Context(), marionette(t).On(h), s.part("queued"))
		require.Eventually(t, func() bool { return procactor.Waiting(h) == 1 }, patience, time.Millisecond)
		stopper, ok := h.(interface{ Stop(context.Context) error })
		require.True(t, ok)
		down := marionette(t).On(h).Watch(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- stopper.Stop(t.Context()) }()
		waitStopping(t, h)
		player.do("return finished")
		a := wait(t, "the running call", running)
		require.NoError(t, a.err)
		assert.Equal(t, "finished", a.out)
		err := wait(t, "the queued call", queued).err
		failed(t, err, actor.NotSent)
		require.ErrorIs(t, err, actor.ErrNoActor)
		require.NoError(t, wait(t, "the stop", stopped))
		assert.ErrorIs(t, wait(t, "the Down", down).Reason, actor.ErrShutdown)
	})
}

func TestStopKillsCommandsThatDoNotFinish(t *testing.T) {
	w := execIn(t)
	w.Grace = time.Millisecond
	sys := newSystem(t)
	p, err := procactor.Start(t.Context(), sys, "w", w)
	require.NoError(t, err)
	s := newStage(t)
	got := call(t.Context(), marionette(t).On(p), s.stubborn("stubborn"))
	player := s.next(t)
	down := marionette(t).On(p).Watch(t.Context())
	require.NoError(t, p.Stop(t.Context()))
	err = wait(t, "the call's end", got).err
	failed(t, err, actor.Unknown)
	exit := exitOf(t, err)
	assert.True(t, exit.Killed)
	assert.Equal(t, player.Process, exit.PID)
	require.ErrorIs(t, exit.Why, actor.ErrShutdown)
	assert.ErrorIs(t, wait(t, "the Down", down).Reason, actor.ErrKilled, "it must not pass for the good end that was asked for")
}

// A command that has ended by itself is not taken for one that was killed when its host is stopped while its output is still handed on.
func TestStopWhileTheOutputOfACommandIsHandedOn(t *testing.T) {
	w := execIn(t)
	w.Grace = time.Millisecond
	p := start(t, w)
	in := held(make(chan struct{}))
	cmd := tool(t, "gush 1")
	cmd.Stdin = in
	out := newStuck()
	cmd.Stdout = out
	got := call(t.Context(), shoot.On(p), shot{cmd: cmd})
	<-out.begun
	<-in // closed when the process was reaped
	require.NoError(t, p.Stop(t.Context()))
	close(out.free)
	a := wait(t, "the call's end", got)
	require.NoError(t, a.err)
	assert.Zero(t, a.out.ExitCode)
}

// held is a reader that ends only by being closed.
type held chan struct{}

func (h held) Read([]byte) (int, error) {
	<-h
	return 0, io.EOF
}

func (h held) Close() error {
	close(h)
	return nil
}

func TestCommandHostIsKilled(t *testing.T) {
	sys := newSystem(t)
	w := execIn(t)
	k := keep(t, sys, "top/w", func(at *actor.Slot) error {
		_, err := procactor.Start(context.Background(), at, at.ID(), w)
		return err
	})
	host := procactor.HostAt(sys, "top/w")
	s := newStage(t)
	down := marionette(t).On(host).Watch(t.Context())
	got := call(t.Context(), marionette(t).On(host), s.stubborn("stubborn"))
	s.next(t)
	k.slot.Kill(actor.ErrKilled)
	err := wait(t, "the call's end", got).err
	failed(t, err, actor.Unknown)
	require.ErrorIs(t, exitOf(t, err).Why, actor.ErrKilled)
	assert.ErrorIs(t, wait(t, "the Down", down).Reason, actor.ErrKilled)
	_, err = shoot.On(host).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	assert.NoError(t, err, "the next life takes calls")
}

// Drain waits for the processes of commands, of canceled ones too.
func TestCommandsAreDrained(t *testing.T) {
	sys := newSystem(t)
	p, err := procactor.Start(t.Context(), sys, "w", execIn(t))
	require.NoError(t, err)
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	given := call(ctx, marionette(t).Concurrent(2).On(p), s.stubborn("canceled"))
	canceled := s.next(t)
	running := call(t.Context(), marionette(t).Concurrent(2).On(p), s.part("running"))
	player := s.next(t)
	cancel()
	failed(t, wait(t, "the canceled call", given).err, actor.Unknown)
	short, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, sys.Drain(short), context.Canceled, "two processes run")
	player.do("return x")
	require.NoError(t, wait(t, "the running call", running).err)
	if goodGraceEnd { // else it was killed at once, for nothing there asks it to end
		require.ErrorIs(t, sys.Drain(short), context.Canceled, "one process runs")
		canceled.do("return nobody waits")
	}
	require.NoError(t, sys.Drain(t.Context()))
	_, err = shoot.On(p).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrDraining)
}

func TestCommandTimeouts(t *testing.T) {
	p := start(t, execIn(t))
	s := newStage(t)
	puppet := marionette(t).WithTimeout(time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := puppet.On(p).Call(ctx, s.part("late"))
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = puppet.WithTimeout(50*time.Millisecond).On(p).Call(t.Context(), s.part("late"))
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

// A caller who leaves while build runs has started nothing.
func TestCommandCanceledWhileItIsBuilt(t *testing.T) {
	p := start(t, execIn(t))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := shoot.On(p).Call(ctx, shot{tool(t, "gush 1"), func(context.Context, string) error { cancel(); return nil }})
	failed(t, err, actor.NotSent)
	require.ErrorIs(t, err, context.Canceled)
}

// A command that is being prepared when its host is stopped is not started.
func TestCommandIsBuiltWhileItsHostIsStopped(t *testing.T) {
	w := execIn(t)
	w.Grace = time.Millisecond
	p := start(t, w)
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := tool(t, "gush 1")
	cmd.StdoutFile = trace
	_, err := shoot.On(p).Call(t.Context(), shot{cmd, func(context.Context, string) error {
		require.NoError(t, p.Stop(context.Background())) // returns though we are still here
		return nil
	}})
	failed(t, err, actor.NotSent)
	require.ErrorIs(t, err, actor.ErrNoActor)
	_, err = os.Stat(trace)
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestCommandWithoutASystem(t *testing.T) {
	w := execIn(t)
	cmd := tool(t, "cat")
	cmd.Stdin = strings.NewReader("by hand")
	res, err := procactor.CommandAlone(t.Context(), shoot, w, shot{cmd: cmd})
	require.NoError(t, err)
	assert.Equal(t, "by hand", string(res.Stdout))
	bad := errors.New("bad")
	_, err = procactor.CommandAlone(t.Context(), inspect(func(procactor.Result) error { return bad }), w, shot{cmd: tool(t, "gush 1")})
	require.Equal(t, bad, err)
	_, err = procactor.CommandAlone(t.Context(), shoot, w, shot{cmd: procactor.Command{Path: "no-such-program-anywhere"}})
	commandErrorOf(t, err)

	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	puppet := marionette(t)
	go func() {
		_, err := procactor.CommandAlone(ctx, puppet, w, s.part("canceled"))
		ended <- err
	}()
	s.next(t)
	cancel()
	assert.ErrorIs(t, wait(t, "its end", ended), context.Canceled)
	left, err := os.ReadDir(w.Dir)
	require.NoError(t, err)
	assert.Empty(t, left, "it returns when nothing is left")
}
