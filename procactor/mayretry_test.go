package procactor_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// retryCase makes the error of a call of a worker or a pool.
type retryCase struct {
	err        func(t *testing.T) error
	notStarted bool // what errors.Is says of it with ErrNotStarted
	want       bool
}

// taken is a pool of one that runs a call until the test has ended.
func taken(t *testing.T, box mailbox.Config) *procactor.Pool {
	t.Helper()
	pool := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1, Mailbox: box})
	s := newStage(t)
	call(t.Context(), puppet.On(pool), s.part("busy"))
	s.next(t)
	return pool
}

// Guarantee(calls): MayRetry is true for a call that certainly did not run and may be made again at once or soon, and false for every other, whatever ended it.
func TestMayRetry(t *testing.T) {
	queued := func(t *testing.T, ctx context.Context, task procactor.Task[int, int]) error {
		_, err := task.On(taken(t, mailbox.Config{})).Call(ctx, 7)
		return err
	}
	on := func(h func(t *testing.T) procactor.Host, do func(ctx context.Context, h procactor.Host) error) func(t *testing.T) error {
		return func(t *testing.T) error { return do(t.Context(), h(t)) }
	}
	worker := func(t *testing.T) procactor.Host { return start(t, procactor.Self()) }
	pool := func(t *testing.T) procactor.Host {
		return startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
	}
	stopped := func(t *testing.T) procactor.Host {
		p := startPool(t, procactor.Self(), procactor.PoolConfig{Size: 1})
		require.NoError(t, p.Stop(t.Context()))
		return p
	}
	small := func(t *testing.T) procactor.Host {
		w := procactor.Self()
		w.MaxBody = 128 << 10
		return start(t, w)
	}
	square := func(ctx context.Context, h procactor.Host) error { _, err := square.On(h).Call(ctx, 7); return err }
	does := func(how string) func(ctx context.Context, h procactor.Host) error {
		return func(ctx context.Context, h procactor.Host) error {
			_, err := misbehave.On(h).Call(ctx, how)
			return err
		}
	}
	tests := map[string]retryCase{
		"a good call":         {on(pool, square), false, false},
		"the task's error":    {on(pool, does("error")), false, false},
		"a death":             {on(worker, does("exit")), false, false},
		"a death in a pool":   {on(pool, does("panic")), false, false},
		"a pool that is gone": {on(stopped, square), true, false},
		"a worker that is gone": {func(t *testing.T) error {
			p := start(t, procactor.Self())
			down := puppet.On(p).Watch(t.Context())
			killProcess(t, procactor.ProcessID(p))
			wait(t, "its end", down)
			return square(t.Context(), p)
		}, true, false},
		"no host": {func(t *testing.T) error { return square(t.Context(), nil) }, true, false},
		"a full queue": {func(t *testing.T) error {
			pool := taken(t, mailbox.Config{Capacity: 1, Overflow: mailbox.Reject})
			call(t.Context(), puppet.On(pool), strand{})
			require.Eventually(t, func() bool { return procactor.Waiting(pool) == 1 }, patience, time.Millisecond)
			return square(t.Context(), pool)
		}, true, true},
		"evicted": {func(t *testing.T) error {
			pool := taken(t, mailbox.Config{Capacity: 1, Overflow: mailbox.DropOldest})
			got := call(t.Context(), puppet.On(pool), strand{})
			require.Eventually(t, func() bool { return procactor.Waiting(pool) == 1 }, patience, time.Millisecond)
			call(t.Context(), puppet.On(pool), strand{})
			return wait(t, "the end of the evicted call", got).err
		}, true, true},
		"the task's own timeout, in the queue": {func(t *testing.T) error {
			return queued(t, t.Context(), squareTask().WithTimeout(time.Millisecond))
		}, true, true},
		"the task's own timeout, in the task": {func(t *testing.T) error {
			_, err := puppet.WithTimeout(50*time.Millisecond).On(pool(t)).Call(t.Context(), newStage(t).part("slow"))
			return err
		}, false, false},
		"the caller's deadline, in the queue": {func(t *testing.T) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			return queued(t, ctx, squareTask().WithTimeout(time.Hour))
		}, true, false},
		"a caller who has gone": {func(t *testing.T) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return square(ctx, pool(t))
		}, true, false},
		"a system that drains": {func(t *testing.T) error {
			sys := newSystem(t)
			p, err := procactor.Start(t.Context(), sys, "w", procactor.Self())
			require.NoError(t, err)
			require.NoError(t, sys.Drain(t.Context()))
			return square(t.Context(), p)
		}, true, false},
		"no such task": {func(t *testing.T) error { return absent(t, pool(t)) }, true, false},
		"another type": {func(t *testing.T) error {
			sys := newSystem(t)
			_, err := actor.SpawnFunc(t.Context(), sys, "a", func(context.Context, int) (int, error) { return 0, nil })
			require.NoError(t, err)
			return square(t.Context(), procactor.HostAt(sys, "a"))
		}, true, false},
		"a zero Task": {on(pool, func(ctx context.Context, h procactor.Host) error {
			_, err := procactor.Task[int, int]{}.On(h).Call(ctx, 7)
			return err
		}), true, false},
		"a stream that is called": {on(pool, func(ctx context.Context, h procactor.Host) error {
			_, err := count.On(h).Call(ctx, 7)
			return err
		}), true, false},
		"an input over the limit": {on(small, func(ctx context.Context, h procactor.Host) error {
			_, err := echo.On(h).Call(ctx, make([]byte, 1<<20))
			return err
		}), true, false},
		"an input that does not encode": {on(pool, func(ctx context.Context, h procactor.Host) error {
			_, err := procactor.NewTask[any, int]("square", nil).On(h).Call(ctx, func() {})
			return err
		}), true, false},
		"an input that would arrive empty": {on(pool, func(ctx context.Context, h procactor.Host) error {
			_, err := procactor.NewTask[struct{ n int }, int]("square", nil).On(h).Call(ctx, struct{ n int }{7})
			return err
		}), true, false},
		"an input that does not fit": {on(pool, func(ctx context.Context, h procactor.Host) error {
			_, err := procactor.NewTask[string, int]("square", nil).On(h).Call(ctx, "seven")
			return err
		}), true, false},
		"poison": {on(pool, func(ctx context.Context, h procactor.Host) error {
			_, err := misbehave.Idempotent().On(h).Call(ctx, "exit")
			return err
		}), false, false},
		"a key in quarantine": {on(pool, func(ctx context.Context, h procactor.Host) error {
			ref := misbehave.Idempotent().WithKey(func(s string) string { return s }).On(h)
			if _, err := ref.Call(ctx, "exit"); err == nil {
				return errors.New("it did not die")
			}
			_, err := ref.Call(ctx, "exit")
			return err
		}), true, false},
		"a command that is not there": {func(t *testing.T) error {
			_, err := shoot.On(startCommands(t, commandsIn(t))).Call(t.Context(), shot{cmd: procactor.Command{Path: "no-such-program-anywhere"}})
			return err
		}, true, false},
		"a command that cannot be built": {func(t *testing.T) error {
			_, err := shoot.On(startCommands(t, commandsIn(t))).Call(t.Context(), shot{build: func(context.Context, string) error { return errors.New("no") }})
			return err
		}, true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := test.err(t)
			assert.Equal(t, test.notStarted, errors.Is(err, actor.ErrNotStarted), "%v", err)
			assert.Equal(t, test.want, actor.MayRetry(err), "%v", err)
		})
	}
}

// squareTask is square, for where the name is another's.
func squareTask() procactor.Task[int, int] { return square }
