package procactor_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTaskErrors(t *testing.T) {
	onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
		_, err := misbehave.On(h).Call(t.Context(), "error")
		failed(t, err, actor.Done)
		var own *procactor.TaskError
		require.ErrorAs(t, err, &own)
		assert.Equal(t, "misbehave", own.Task)
		assert.Equal(t, wire.ClassTask, own.Class)
		assert.Equal(t, "not here: file does not exist", own.Message)
		assert.ErrorIs(t, err, fs.ErrNotExist)
		assert.NotErrorIs(t, err, fs.ErrExist)

		_, err = fetch.On(h).Call(t.Context(), "pigeons")
		failed(t, err, actor.Done)
		var typed shortage
		require.ErrorAs(t, err, &typed)
		assert.Equal(t, shortage{Item: "pigeons", Have: 2}, typed)

		_, err = fetch.On(h).Call(t.Context(), "")
		failed(t, err, actor.Done)
		require.ErrorAs(t, err, &own, "an error of another type travels as text")
		assert.Equal(t, "no item named", own.Message)
		works(t, h)
	})
}

// death is how a worker is expected to have died.
type death struct {
	code   int
	signal os.Signal // nil: none
	text   string    // of the panic; empty: there was none
	stack  string    // somewhere in its stack
}

func (d death) check(t *testing.T, err error) {
	t.Helper()
	failed(t, err, actor.Unknown)
	exit := exitOf(t, err)
	d.checkExit(t, exit)
	assert.NoError(t, exit.Why)
	assert.Equal(t, procactor.CallStarted, exit.CallState)
	var crash *actor.PanicError
	if d.text == "" {
		assert.Nil(t, exit.Panic)
		assert.NotErrorAs(t, err, &crash)
		return
	}
	require.ErrorAs(t, err, &crash)
	assert.Same(t, exit.Panic, crash)
	assert.Contains(t, crash.Value, d.text)
	assert.Contains(t, string(crash.Stack), d.stack)
	assert.Contains(t, string(exit.Stderr), d.text, "the worker's own words, as it wrote them")
}

// checkExit looks at the way the process ended.
func (d death) checkExit(t *testing.T, exit *procactor.ExitError) {
	t.Helper()
	assert.NotZero(t, exit.PID)
	assert.Equal(t, d.code, exit.Code)
	assert.Equal(t, d.signal, exit.Signal)
	assert.False(t, exit.Killed, "not we ended it")
}

// Guarantee(crash): A task that panics, exits or breaks the Go runtime ends its worker and never its caller, who gets the text and the stack.
func TestWorkerDeaths(t *testing.T) {
	deaths := map[string]death{
		"panic":               {code: 2, text: "boom", stack: "doWrong"},
		"panic with an error": {code: 2, text: "deep down: io: read/write on closed pipe", stack: "doWrong"},
		"nil":                 {code: 2, text: "nil pointer dereference", stack: "doWrong"},
		"map":                 {code: 2, text: "fatal error: concurrent map writes", stack: "writeAtOnce"},
		"goexit":              {code: 2, text: "the task called runtime.Goexit", stack: "doWrong"},
		"exit":                {code: 3},
		"exit0":               {code: 0},
	}
	for how, want := range deaths {
		t.Run(how, func(t *testing.T) {
			onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
				_, err := misbehave.On(h).Call(t.Context(), how)
				want.check(t, err)
			})
		})
	}
}

func TestWorkerDeathsByPanicOfAGoroutine(t *testing.T) {
	sys := newSystem(t)
	p, err := procactor.Start(t.Context(), sys, "w", procactor.Self())
	require.NoError(t, err)
	down := puppets.On(p).Watch(t.Context())
	s := newStage(t)
	culprit := call(t.Context(), puppets.On(p), s.part("culprit"))
	s.next(t)
	victim := call(t.Context(), puppets.On(p), s.part("victim"))
	s.next(t)
	for _, player := range s.all {
		if player.Key == "culprit" {
			player.do("panic dead and gone")
		}
	}
	for _, got := range []<-chan answer[string]{culprit, victim} {
		death{code: 2, text: "dead and gone", stack: "perform"}.check(t, wait(t, "an end", got).err)
	}
	d := wait(t, "the Down", down)
	assert.False(t, actor.IsNormal(d.Reason))
	assert.Equal(t, procactor.CallNone, exitOf(t, d.Reason).CallState)
}

// Guarantee(crash): A worker killed from outside fails only the call it was running, at once, with the signal.
func TestWorkerDeathsBySignal(t *testing.T) {
	for name, other := range otherEnds {
		t.Run(name, func(t *testing.T) {
			onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
				s := newStage(t)
				got := call(t.Context(), puppet.On(h), s.part("victim"))
				player := s.next(t)
				other.end(t, player.Process)
				err := wait(t, "the call's end", got).err
				other.want.check(t, err)
				assert.Equal(t, player.Process, exitOf(t, err).PID)
			})
		})
	}
}

func TestExitErrorKeepsFirstAndLastWords(t *testing.T) {
	p := start(t, procactor.Self())
	_, err := misbehave.On(p).Call(t.Context(), "chatter")
	exit := exitOf(t, err)
	assert.Equal(t, 4, exit.Code)
	text := string(exit.Stderr)
	assert.True(t, strings.HasPrefix(text, "the first words\nblah"), "%.40q", text)
	assert.True(t, strings.HasSuffix(text, "blah \nthe last words\n"), "%.40q", text[max(0, len(text)-40):])
	assert.Contains(t, text, "bytes left out")
	assert.LessOrEqual(t, len(text), 65<<10)
	assert.ErrorContains(t, err, "the last words")
}

// Guarantee(hang): A call whose context ends returns at once with the cause, and a worker that heeds it serves the next call.
func TestContextEndsARunningCall(t *testing.T) {
	bored := errors.New("bored")
	contexts := map[string]struct {
		make     func(t *testing.T) (context.Context, func())
		is       []error
		delivery []actor.Delivery
	}{
		"canceled": {func(t *testing.T) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(t.Context())
			return ctx, func() { cancel(bored) }
		}, []error{context.Canceled, bored}, []actor.Delivery{actor.Unknown}},
		"deadline": {func(t *testing.T) (context.Context, func()) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, bored)
			t.Cleanup(cancel)
			return ctx, func() {}
		}, []error{context.DeadlineExceeded, bored}, []actor.Delivery{actor.Unknown, actor.Done}}, // the task has it as well, and may say so first
	}
	for name, c := range contexts {
		t.Run(name, func(t *testing.T) {
			onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
				s := newStage(t)
				ctx, end := c.make(t)
				got := call(ctx, puppet.On(h), s.part("waits"))
				player := s.next(t)
				assert.Equal(t, name == "deadline", player.HasDeadline, "a deadline travels")
				end()
				err := wait(t, "the call's end", got).err
				ended, ok := err.(*actor.CallError) //nolint:errorlint // the promise is the type itself, not a wrapped one
				require.True(t, ok, "%T", err)
				assert.Contains(t, c.delivery, ended.Delivery)
				for _, is := range c.is {
					assert.ErrorIs(t, err, is)
				}
				player.canceled(t)
				works(t, h)
				assert.Equal(t, player.Process, procactor.ProcessID(h), "the same process goes on")
			})
		})
	}
}

// Guarantee(hang): A worker that goes on with a canceled call is killed after its grace, and a pool replaces it without counting that death.
func TestStubbornWorkersAreReplaced(t *testing.T) {
	w := procactor.Self()
	w.Grace = 10 * time.Millisecond
	cfg := procactor.PoolConfig{Size: 1}
	cfg.Budget.Intensity = supervise.NoRestarts
	pool := startPool(t, w, cfg)
	s := newStage(t)
	for range 6 {
		ctx, cancel := context.WithCancel(t.Context())
		got := call(ctx, puppet.On(pool), s.stubborn("stubborn"))
		before := s.next(t).Process
		cancel()
		failed(t, wait(t, "the call's end", got).err, actor.Unknown)
		works(t, pool)
		assert.NotEqual(t, before, procactor.ProcessID(pool))
	}
}

func TestStubbornProcessEndsWithItsReason(t *testing.T) {
	w := procactor.Self()
	w.Grace = 10 * time.Millisecond
	p := start(t, w)
	s := newStage(t)
	down := puppet.On(p).Watch(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	got := call(ctx, puppet.On(p), s.stubborn("stubborn"))
	s.next(t)
	waits := call(t.Context(), square.On(p), 3)
	cancel()
	assert.ErrorIs(t, wait(t, "the call's end", got).err, context.Canceled)
	exit := exitOf(t, wait(t, "the Down", down).Reason)
	assert.True(t, exit.Killed)
	assert.Equal(t, graceEnd, exit.Signal)
	assert.ErrorIs(t, exit, procactor.ErrOverdue)
	failed(t, wait(t, "the waiting call's end", waits).err, actor.NotSent)
}

func TestBodiesInPieces(t *testing.T) {
	onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
		for _, n := range []int{0, 1, 1<<20 - 100, 1 << 20, 3<<20 + 1} {
			in := bytes.Repeat([]byte("x"), n)
			out, err := echo.On(h).Call(t.Context(), in)
			require.NoError(t, err)
			assert.True(t, bytes.Equal(in, out), "%d bytes came back as %d", n, len(out)) // not Equal, which would print them
		}
	})
}

// Guarantee(values): A request or reply over the limit is an error that names limit and size, and the worker lives on.
func TestBodiesOverTheLimit(t *testing.T) {
	w := procactor.Self()
	w.MaxBody = 256 << 10
	onBoth(t, w, func(t *testing.T, h procactor.Host) {
		works(t, h)
		pid := procactor.ProcessID(h)
		_, err := echo.On(h).Call(t.Context(), make([]byte, 300<<10))
		failed(t, err, actor.NotSent)
		var limit *wire.LimitError
		require.ErrorAs(t, err, &limit)
		assert.Equal(t, uint64(256<<10), limit.Limit)
		assert.Greater(t, limit.Size, uint64(300<<10))

		_, err = grow.On(h).Call(t.Context(), 300<<10)
		failed(t, err, actor.Done)
		var own *procactor.TaskError
		require.ErrorAs(t, err, &own)
		assert.Equal(t, wire.ClassOutput, own.Class)
		require.ErrorAs(t, err, &limit)
		assert.Equal(t, uint64(256<<10), limit.Limit)
		assert.Greater(t, limit.Size, uint64(300<<10))
		works(t, h)
		assert.Equal(t, pid, procactor.ProcessID(h))
	})
}

func TestInputThatDoesNotDecode(t *testing.T) {
	// A caller that declares the task with another type finds the same codec.
	onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
		wrong := procactor.NewTask[string, int]("square", nil)
		_, err := wrong.On(h).Call(t.Context(), "twelve")
		failed(t, err, actor.NotStarted)
		var own *procactor.TaskError
		require.ErrorAs(t, err, &own)
		assert.Equal(t, wire.ClassInput, own.Class)

		reply := procactor.NewTask[int, string]("square", nil)
		_, err = reply.On(h).Call(t.Context(), 12)
		failed(t, err, actor.Done)
		require.ErrorAs(t, err, &own)
		assert.Equal(t, wire.ClassOutput, own.Class)

		_, err = procactor.NewTask[func(), int]("square", nil).On(h).Call(t.Context(), func() {})
		failed(t, err, actor.NotSent)
		works(t, h)
	})
}

func TestCallsOfTheWrongShape(t *testing.T) {
	onBoth(t, procactor.Self(), func(t *testing.T, h procactor.Host) {
		_, err := count.On(h).Call(t.Context(), 3)
		failed(t, err, actor.NotSent)
		failed(t, count.On(h).Cast(t.Context(), 3), actor.NotSent)
		// What the worker has as a stream, the caller as a reply.
		_, err = procactor.NewTask[int, int]("count", nil).On(h).Call(t.Context(), 3)
		failed(t, err, actor.NotSent)
		var misfit *procactor.HandshakeError
		require.ErrorAs(t, err, &misfit)
		assert.Equal(t, "cbor to reply of cbor", misfit.Wants)
		assert.Contains(t, misfit.Has, "cbor to stream of cbor")
		works(t, h)
	})
}
