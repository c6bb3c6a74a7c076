package procactor

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Guarantee(poison): A key whose calls hang three workers until they have to be killed is refused; a caller's own deadline, time in the queue, and calls that heed their end do not count.
func TestHangsByKey(t *testing.T) {
	const timeout = time.Minute
	type bubble struct {
		pool  *Pool
		hang  Task[string, string] // goes on when it was canceled, until the test has ended
		heed  Task[string, string] // ends when it was canceled
		sleep Task[string, string] // ends well
	}
	tests := map[string]struct {
		call    func(t *testing.T, b bubble)
		refused bool
	}{
		"the task's own timeout": {func(t *testing.T, b bubble) {
			_, err := b.hang.On(b.pool).Call(t.Context(), "key")
			require.ErrorIs(t, err, actor.ErrTimeout)
		}, true},
		"of a cast": {func(t *testing.T, b bubble) {
			require.NoError(t, b.hang.On(b.pool).Cast(t.Context(), "key"))
		}, true},
		"a caller's deadline": {func(t *testing.T, b bubble) {
			ctx, cancel := context.WithTimeout(t.Context(), timeout-1)
			defer cancel()
			_, err := b.hang.On(b.pool).Call(ctx, "key")
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}, false},
		"the timeout of a call that makes this one": {func(t *testing.T, b bubble) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), timeout-1, actor.ErrTimeout)
			defer cancel()
			_, err := b.hang.On(b.pool).Call(ctx, "key")
			require.ErrorIs(t, err, actor.ErrTimeout)
		}, false},
		"a caller who cancels": {func(t *testing.T, b bubble) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(timeout-1, cancel)
			_, err := b.hang.On(b.pool).Call(ctx, "key")
			require.ErrorIs(t, err, context.Canceled)
		}, false},
		"more than half of the time in the queue": {func(t *testing.T, b bubble) {
			go func() { _, _ = b.sleep.On(b.pool).Call(context.Background(), "another key") }()
			synctest.Wait()
			_, err := b.hang.On(b.pool).Call(t.Context(), "key")
			require.ErrorIs(t, err, actor.ErrTimeout)
		}, false},
		"all of it": {func(t *testing.T, b bubble) {
			_, err := b.hang.WithTimeout(time.Second).On(b.pool).Call(t.Context(), "another key")
			require.ErrorIs(t, err, actor.ErrTimeout)
			_, err = b.hang.WithTimeout(time.Second).On(b.pool).Call(t.Context(), "key")
			require.ErrorIs(t, err, actor.ErrTimeout)
		}, false},
		"a worker that need not be killed": {func(t *testing.T, b bubble) {
			_, err := b.heed.On(b.pool).Call(t.Context(), "key")
			require.ErrorIs(t, err, actor.ErrTimeout)
		}, false},
		"a good end in between": {func(t *testing.T, b bubble) {
			_, err := b.hang.On(b.pool).Call(t.Context(), "key")
			require.ErrorIs(t, err, actor.ErrTimeout)
			_, err = b.hang.On(b.pool).Call(t.Context(), "key in time")
			require.NoError(t, err)
		}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := make(chan struct{})
				b := bubble{
					hang: NewTask("task", func(_ context.Context, in string) (string, error) {
						if in != "key in time" {
							<-over
						}
						return in, nil
					}),
					heed: NewTask("task", func(ctx context.Context, _ string) (string, error) {
						<-ctx.Done()
						return "", context.Cause(ctx)
					}),
					sleep: NewTask("sleep", func(_ context.Context, in string) (string, error) {
						time.Sleep(timeout/2 + 1)
						return in, nil
					}).WithKey(func(s string) string { return s }),
				}
				served := []MainOption{b.hang, b.sleep}
				if name == "a worker that need not be killed" {
					served[0] = b.heed
				}
				key := func(s string) string { return s[:min(len(s), len("key"))] }
				b.hang, b.heed = b.hang.WithTimeout(timeout).WithKey(key), b.heed.WithTimeout(timeout).WithKey(key)
				sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
				w := Inside(pipesInMemory, 0, served...)
				w.Grace = 10 * time.Second
				var err error
				b.pool, err = StartPool(t.Context(), sys, "pool", w, PoolConfig{Size: 1})
				require.NoError(t, err)
				for range 3 {
					test.call(t, b)
					time.Sleep(2 * timeout) // the worker is replaced, or free
				}
				err = b.pool.dispatcher.poison.refuse(time.Now(), "task", "key")
				assert.Equal(t, test.refused, err != nil, "%v", err)
				if test.refused {
					_, err := b.hang.On(b.pool).Call(t.Context(), "key")
					var p *PoisonError
					require.ErrorAs(t, err, &p)
					assert.Len(t, p.Hangs, 3)
					assert.Empty(t, p.Deaths)
					require.ErrorIs(t, err, actor.ErrNotStarted)
					require.ErrorIs(t, err, ErrOverdue)
					time.Sleep(poisonAge)
					assert.Empty(t, b.pool.Quarantine(), "it is forgotten")
				}
				close(over)
				require.NoError(t, sys.Close(context.Background()))
			})
		})
	}
}
