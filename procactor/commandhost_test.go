package procactor_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(multiply): A host of commands never runs more processes at once than its Limit, however many calls wait; an idle one has none.
func TestCommandsLimit(t *testing.T) {
	c := commandsIn(t)
	c.Limit = 2
	h := startCommands(t, c)
	puppet := marionette(t).WithKey(func(s strand) string { return s.Key })
	s := newStage(t)
	const calls = 5
	got := make(chan answer[string], calls)
	for range calls {
		go func() {
			out, err := puppet.On(h).Call(t.Context(), s.part("one"))
			got <- answer[string]{out, err}
		}()
	}
	require.Eventually(t, func() bool { return procactor.Waiting(h) == calls-2 }, patience, time.Millisecond)
	seen := map[int]bool{}
	players := []*player{s.next(t), s.next(t)}
	for i := range calls {
		p := players[i]
		seen[p.Process] = true
		running := []int{}
		for _, r := range h.Running() {
			assert.Equal(t, "marionette", r.Task)
			assert.Equal(t, "one", r.Key)
			assert.False(t, r.Since.IsZero())
			running = append(running, r.Process)
		}
		assert.LessOrEqual(t, len(running), c.Limit)
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
	assert.Empty(t, h.Running())
}

// What a task says of one worker says nothing of commands: the limit is the host's,
// and counts the processes of all tasks.
func TestConcurrentMeansNothingToCommands(t *testing.T) {
	c := commandsIn(t)
	c.Limit = 2
	h := startCommands(t, c)
	s := newStage(t)
	several, alone := marionette(t).Concurrent(3), marionette(t)
	for _, ref := range []actor.Ref[strand, string]{several.On(h), alone.On(h)} {
		width, ok := ref.Target().(interface{ Width() int })
		require.True(t, ok)
		assert.Equal(t, 2, width.Width())
	}
	got := []<-chan answer[string]{
		call(t.Context(), alone.On(h), s.part("alone")), call(t.Context(), several.On(h), s.part("several")),
	}
	players := []*player{s.next(t), s.next(t)}
	assert.ElementsMatch(t, []string{"alone", "several"}, []string{players[0].Key, players[1].Key}, "both at once")
	got = append(got, call(t.Context(), several.On(h), s.part("last")))
	require.Eventually(t, func() bool { return procactor.Waiting(h) == 1 }, patience, time.Millisecond)
	players[0].do("return x")
	s.next(t).do("return y")
	players[1].do("return z")
	for _, g := range got {
		require.NoError(t, wait(t, "an answer", g).err)
	}
}

func TestCommandMap(t *testing.T) {
	c := commandsIn(t)
	c.Limit = 2
	h := startCommands(t, c)
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
	for res, err := range procactor.Map(t.Context(), shoot.On(h), shots) {
		require.NoError(t, err)
		got = append(got, string(res.Stdout))
	}
	assert.Equal(t, words, got)
}

// Guarantee(programs): Under a supervisor, a host of commands is ready at once; a command's death neither ends it nor counts as its death.
func TestCommandsUnderASupervisor(t *testing.T) {
	sys := newSystem(t)
	one, several := commandsIn(t), commandsIn(t)
	several.Limit = 3
	sup, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name:     "top",
		Policy:   supervise.Policy{Strategy: supervise.OneForOne, Intensity: supervise.NoRestarts, Period: time.Minute},
		Children: []supervise.ChildSpec{procactor.CommandsChild("one", one), procactor.CommandsChild("several", several)},
	})
	require.NoError(t, err)
	for _, path := range []string{"top/one", "top/several"} {
		host := procactor.CommandHostAt(sys, path)
		puppet := marionette(t)
		before, ok := host.PID()
		require.True(t, ok)
		assert.Equal(t, path, before.Name)
		assert.Empty(t, host.Running(), "no process while it is idle")
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
		after, ok := host.PID()
		require.True(t, ok)
		assert.Equal(t, before, after)
	}
	require.NoError(t, sup.Stop(t.Context()))
	_, err = shoot.On(procactor.HostAt(sys, "top/one")).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	failed(t, err, actor.NotSent)
	assert.ErrorIs(t, err, actor.ErrNoActor)
}

// A supervisor restarts a host that somebody ended: the call that ran has the end
// of its process, and what waited runs in the next life.
func TestCommandsAreRestarted(t *testing.T) {
	sys := newSystem(t)
	_, err := supervise.Start(t.Context(), sys, supervise.Spec{
		Name: "top", Policy: supervise.Policy{Intensity: 3, Period: time.Minute},
		Children: []supervise.ChildSpec{procactor.CommandsChild("tools", commandsIn(t))},
	})
	require.NoError(t, err)
	h := procactor.CommandHostAt(sys, "top/tools")
	s := newStage(t)
	ran := call(t.Context(), marionette(t).On(h), s.stubborn("ran"))
	s.next(t)
	waited := call(t.Context(), marionette(t).On(h), s.part("waited"))
	require.Eventually(t, func() bool { return procactor.Waiting(h) == 1 }, patience, time.Millisecond)
	before, ok := h.PID()
	require.True(t, ok)
	require.NoError(t, sys.Exit(before, actor.ErrKilled))
	failed(t, wait(t, "the end of the call that ran", ran).err, actor.Unknown)
	s.next(t).do("return served")
	a := wait(t, "the waiting call", waited)
	require.NoError(t, a.err)
	assert.Equal(t, "served", a.out)
	after, ok := h.PID()
	require.True(t, ok)
	assert.Greater(t, after.Incarnation, before.Incarnation)
	require.ErrorIs(t, h.Stop(t.Context()), actor.ErrNotParent)
}

// The next life of a host may have another limit than the last.
func TestCommandsRestartedWithAnotherLimit(t *testing.T) {
	sys, c := newSystem(t), commandsIn(t)
	k := keep(t, sys, "top/w", func(at *actor.Slot) error {
		_, err := procactor.StartCommands(context.Background(), at, at.ID(), c)
		c.Limit++
		return err
	})
	host := procactor.CommandHostAt(sys, "top/w")
	for limit := 1; limit <= 2; limit++ {
		k.settled()
		width, ok := shoot.On(host).Target().(interface{ Width() int })
		require.True(t, ok)
		assert.Equal(t, limit, width.Width())
		s := newStage(t)
		var got []<-chan answer[string]
		for range limit + 1 {
			got = append(got, call(t.Context(), marionette(t).On(host), s.part("one")))
		}
		require.Eventually(t, func() bool { return procactor.Waiting(host) == 1 }, patience, time.Millisecond)
		for range limit + 1 {
			s.next(t).do("return x")
		}
		for _, g := range got {
			require.NoError(t, wait(t, "an answer", g).err)
		}
		down := host.Watch(t.Context())
		k.slot.Kill(actor.ErrKilled)
		wait(t, "the Down", down)
	}
}

// The handles on a host, by its start and by its path, say the same.
func TestCommandHostAt(t *testing.T) {
	sys := newSystem(t)
	at := procactor.CommandHostAt(sys, "tools")
	_, up := at.PID()
	assert.False(t, up)
	assert.Empty(t, at.Running())
	assert.Empty(t, at.Quarantine())
	assert.False(t, at.Pardon("t", "k"))
	require.ErrorIs(t, at.Stop(t.Context()), actor.ErrNoActor)
	require.ErrorIs(t, (<-at.Watch(t.Context())).Reason, actor.ErrNoActor)
	_, err := shoot.On(at).Call(t.Context(), shot{cmd: tool(t, "gush 1")})
	require.ErrorIs(t, err, actor.ErrNoActor)

	h, err := procactor.StartCommands(t.Context(), sys, "tools", commandsIn(t))
	require.NoError(t, err)
	assert.Equal(t, "tools", at.Name())
	assert.Equal(t, h.Name(), at.Name())
	first, up := h.PID()
	require.True(t, up)
	second, up := at.PID()
	require.True(t, up)
	assert.Equal(t, first, second)
	s := newStage(t)
	got := call(t.Context(), marionette(t).On(at), s.part("one"))
	p := s.next(t)
	running := h.Running()
	require.Len(t, running, 1)
	assert.Equal(t, p.Process, running[0].Process)
	assert.Equal(t, running, at.Running())
	assert.Equal(t, []int{p.Process}, procactor.ProcessIDsAt(sys, "tools"))
	p.do("return x")
	require.NoError(t, wait(t, "the call's end", got).err)
	err = h.Do(t.Context(), &actor.RawRequest{Op: "call", Task: "marionette", In: "cbor", Out: "cbor"}, func([]byte) error { return nil })
	failed(t, err, actor.NotSent)
	var misfit *procactor.HandshakeError
	require.ErrorAs(t, err, &misfit)
	require.NoError(t, at.Stop(t.Context()))
	_, up = h.PID()
	assert.False(t, up)

	_, err = procactor.StartCommands(t.Context(), sys, "wrong", procactor.Commands{Limit: -1})
	require.ErrorContains(t, err, "start wrong: Commands.Limit is -1")
	_, err = procactor.StartCommands(nil, sys, "tools", procactor.Commands{}) //nolint:staticcheck // what nil does is the test
	require.ErrorIs(t, err, actor.ErrNoContext)
	_, err = procactor.StartCommands(t.Context(), sys, "a/b", procactor.Commands{})
	var refused *actor.StartError
	require.ErrorAs(t, err, &refused)
}

// A command that has ended by itself is not taken for one that was killed when its host is stopped while its output is still handed on.
// Drain waits for the processes of commands, of canceled ones too.
func TestCommandTimeouts(t *testing.T) {
	p := startCommands(t, commandsIn(t))
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
// A command that is being prepared when its host is stopped is not started.
func TestCommandWithoutASystem(t *testing.T) {
	c := commandsIn(t)
	cmd := tool(t, "cat")
	cmd.Stdin = strings.NewReader("by hand")
	res, err := procactor.CommandAlone(t.Context(), shoot, c, shot{cmd: cmd})
	require.NoError(t, err)
	assert.Equal(t, "by hand", string(res.Stdout))
	bad := errors.New("bad")
	_, err = procactor.CommandAlone(t.Context(), inspect(func(procactor.Result) error { return bad }), c, shot{cmd: tool(t, "gush 1")})
	require.Equal(t, bad, err)
	_, err = procactor.CommandAlone(t.Context(), shoot, c, shot{cmd: procactor.Command{Path: "no-such-program-anywhere"}})
	commandErrorOf(t, err)

	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	puppet := marionette(t)
	go func() {
		_, err := procactor.CommandAlone(ctx, puppet, c, s.part("canceled"))
		ended <- err
	}()
	s.next(t)
	cancel()
	assert.ErrorIs(t, wait(t, "its end", ended), context.Canceled)
	left, err := os.ReadDir(c.Dir)
	require.NoError(t, err)
	assert.Empty(t, left, "it returns when nothing is left")
}
