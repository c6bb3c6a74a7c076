package actor_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

// slowLog is a handler that does what it is told with each record first.
type slowLog struct {
	logRecorder
	before func()
}

func (l *slowLog) Handle(ctx context.Context, r slog.Record) error {
	l.before()
	return l.logRecorder.Handle(ctx, r)
}

func (l *slowLog) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l *slowLog) WithGroup(string) slog.Handler      { return l }

// Guarantee(blind): A working log handler loses no record, not even those of the last moment before System.Close returns.
func TestCloseHandsOnWhatWasLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, slow := range map[string]time.Duration{"each record is late": 900 * time.Millisecond, "none is": time.Millisecond} {
			log := &slowLog{before: func() { time.Sleep(slow) }}
			sys := actor.NewSystem(actor.WithLogger(slog.New(log)))
			for _, child := range []string{"a", "b", "c", "d", "e"} {
				_, err := actor.Spawn(t.Context(), sys, child, func(actor.Ref[int, int]) actor.Behavior[int, int] {
					return behavior[int, int]{terminate: func(error) { panic(child) }}
				})
				require.NoError(t, err)
			}
			require.NoError(t, sys.Close(t.Context()))
			assert.Len(t, log.all(), 5, name)
		}
	})
}

// Guarantee(blind): A log handler that blocks or panics costs records, which are counted and reported when it works again; it never holds up an actor, a supervisor, a Start or a Close.
func TestLogHandlerThatBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		log := &slowLog{before: func() { <-goOn }}
		sys := actor.NewSystem(actor.WithLogger(slog.New(log)))
		ref, err := actor.Spawn(t.Context(), sys, "a", runsTasks)
		require.NoError(t, err)
		begin := time.Now()
		_, err = ref.Call(t.Context(), func(context.Context) (int, error) { panic("first") })
		require.Error(t, err)
		const many = 10_000
		for range many {
			sys.Logger().Warn("more than there is room for")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.NoError(t, sys.Close(ctx))
		assert.LessOrEqual(t, time.Since(begin), 2*time.Second, "of the bubble's clock")
		close(goOn)
		require.NoError(t, sys.Close(ctx), "again")
		all := log.all()
		last := all[len(all)-1]
		lost := 0
		last.Attrs(func(a slog.Attr) bool {
			if a.Key == "count" {
				lost = int(a.Value.Int64())
			}
			return true
		})
		assert.Equal(t, "actor panicked", all[0].Message)
		assert.Equal(t, slog.LevelError, last.Level)
		assert.Positive(t, lost)
		assert.Equal(t, 1+many+1, len(all)+lost)
	})
}
