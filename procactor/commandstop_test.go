package procactor_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStopLetsRunningCommandsFinish(t *testing.T) {
	for _, limit := range []int{1, 3} {
		c := commandsIn(t)
		c.Limit = limit
		h := startCommands(t, c)
		s := newStage(t)
		var running []<-chan answer[string]
		var players []*player
		for range limit {
			running = append(running, call(t.Context(), marionette(t).On(h), s.part("running")))
			players = append(players, s.next(t))
		}
		queued := call(t.Context(), marionette(t).On(h), s.part("queued"))
		require.Eventually(t, func() bool { return procactor.Waiting(h) == 1 }, patience, time.Millisecond)
		down := h.Watch(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- h.Stop(t.Context()) }()
		waitStopping(t, h)
		for i, got := range running {
			players[i].do("return finished")
			a := wait(t, "a running call", got)
			require.NoError(t, a.err)
			assert.Equal(t, "finished", a.out)
		}
		err := wait(t, "the queued call", queued).err
		failed(t, err, actor.NotSent)
		require.ErrorIs(t, err, actor.ErrNoActor)
		require.NoError(t, wait(t, "the stop", stopped))
		assert.ErrorIs(t, wait(t, "the Down", down).Reason, actor.ErrShutdown)
	}
}

func TestStopKillsCommandsThatDoNotFinish(t *testing.T) {
	c := commandsIn(t)
	c.Grace = time.Millisecond
	sys := newSystem(t)
	p, err := procactor.StartCommands(t.Context(), sys, "w", c)
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

func TestStopWhileTheOutputOfACommandIsHandedOn(t *testing.T) {
	c := commandsIn(t)
	c.Grace = time.Millisecond
	p := startCommands(t, c)
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
	c := commandsIn(t)
	k := keep(t, sys, "top/w", func(at *actor.Slot) error {
		_, err := procactor.StartCommands(context.Background(), at, at.ID(), c)
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

func TestCommandsAreDrained(t *testing.T) {
	sys := newSystem(t)
	c := commandsIn(t)
	c.Limit = 2
	p, err := procactor.StartCommands(t.Context(), sys, "w", c)
	require.NoError(t, err)
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	given := call(ctx, marionette(t).On(p), s.stubborn("canceled"))
	canceled := s.next(t)
	running := call(t.Context(), marionette(t).On(p), s.part("running"))
	player := s.next(t)
	cancel()
	failed(t, wait(t, "the canceled call", given).err, actor.Unknown)
	short, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, sys.Drain(short), context.Canceled, "two processes run")
	player.do("return x")
	require.NoError(t, wait(t, "the running call", running).err)
	if goodGraceEnd { // otherwise it was killed at once, for nothing there asks it to end
		require.ErrorIs(t, sys.Drain(short), context.Canceled, "one process runs")
		canceled.do("return nobody waits")
	}
	require.NoError(t, sys.Drain(t.Context()))
	_, err = shoot.On(p).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrDraining)
}

func TestCommandCanceledWhileItIsBuilt(t *testing.T) {
	p := startCommands(t, commandsIn(t))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := shoot.On(p).Call(ctx, shot{tool(t, "gush 1"), func(context.Context, string) error { cancel(); return nil }})
	failed(t, err, actor.NotSent)
	require.ErrorIs(t, err, context.Canceled)
}

func TestCommandIsBuiltWhileItsHostIsStopped(t *testing.T) {
	c := commandsIn(t)
	c.Grace = time.Millisecond
	p := startCommands(t, c)
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
