package actor_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record/recordtest"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// letterbox keeps dead letters, and the numbers that the log tells.
type letterbox struct {
	mu      sync.Mutex
	letters []actor.DeadLetter
	told    []int64  // each record's count
	other   []string // other records, by their messages
}

func (b *letterbox) take(l actor.DeadLetter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = append(b.letters, l)
}

// Handle makes it a slog.Handler.
func (b *letterbox) Handle(_ context.Context, r slog.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Level < slog.LevelWarn {
		return nil
	}
	count := int64(-1)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "count" {
			count = a.Value.Int64()
		}
		return true
	})
	if count < 0 || r.Level > slog.LevelWarn {
		b.other = append(b.other, r.Message)
		return nil
	}
	b.told = append(b.told, count)
	return nil
}

func (*letterbox) Enabled(context.Context, slog.Level) bool { return true }
func (b *letterbox) WithAttrs([]slog.Attr) slog.Handler     { return b }
func (b *letterbox) WithGroup(string) slog.Handler          { return b }

// system is one whose dead letters go into the box.
func (b *letterbox) system(t *testing.T) *actor.System {
	return actor.NewSystem(actor.WithLogger(slog.New(recordtest.Checked(t, b))), actor.WithDeadLetters(b.take))
}

// busyActor is an actor that a request keeps busy until release is closed.
func busyActor(t *testing.T, at actor.Spawner, release <-chan struct{}, opts ...actor.SpawnOption) actor.Ref[task, int] {
	t.Helper()
	ref := spawn(t, at, "a", opts...)
	started := make(chan struct{})
	require.NoError(t, ref.Cast(context.Background(), block(started, release)))
	<-started
	return ref
}

// Guarantee(calls): A cast that was accepted is either handled or a dead letter: counted in the log, and handed to whoever asked for dead letters.
func TestCastsThatNobodyWillBeginAreDeadLetters(t *testing.T) {
	type key struct{}
	withValue := context.WithValue(context.Background(), key{}, 1)
	for name, test := range map[string]struct {
		mailbox mailbox.Config
		lose    func(t *testing.T, sys *actor.System)
		want    int
		reason  error
	}{
		"stopped": {mailbox.Config{}, func(t *testing.T, sys *actor.System) {
			require.Error(t, sys.Stop(t.Context(), "a"))
		}, 2, actor.ErrNoActor},
		"closed": {mailbox.Config{}, func(t *testing.T, sys *actor.System) {
			require.Error(t, sys.Close(t.Context()))
		}, 2, actor.ErrNoActor},
		"evicted": {mailbox.Config{Capacity: 2, Overflow: mailbox.DropOldest}, func(t *testing.T, sys *actor.System) {
			ref := actor.RefAt[task, int](sys, "a")
			require.NoError(t, ref.Cast(t.Context(), reply(3)))
			require.NoError(t, ref.Cast(t.Context(), reply(4)))
		}, 2, actor.ErrFull},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var box letterbox
				sys := box.system(t)
				release := make(chan struct{})
				ref := busyActor(t, sys, release, actor.WithMailbox(test.mailbox))
				pid, _ := ref.PID()
				require.NoError(t, ref.Cast(context.Background(), reply(1)))
				require.NoError(t, ref.Cast(withValue, reply(2)))
				called := make(chan error, 1)
				if name != "evicted" {
					go func() { _, err := ref.Call(t.Context(), reply(9)); called <- err }()
				}
				synctest.Wait()
				test.lose(t, sys)
				synctest.Wait()
				if name != "evicted" {
					require.ErrorIs(t, <-called, actor.ErrNotStarted, "a call is answered, and no letter")
				}
				require.Len(t, box.letters, test.want)
				for i, l := range box.letters {
					assert.Equal(t, pid, l.To)
					require.ErrorIs(t, l.Reason, test.reason)
					do, ok := l.Request.(task)
					require.True(t, ok)
					n, _ := do(t.Context())
					assert.Equal(t, i+1, n, "in their order")
				}
				var told int64
				for _, n := range box.told {
					told += n
				}
				if name == "evicted" { // the rest of them in the next second
					time.Sleep(2 * time.Second) // of the bubble's clock
					synctest.Wait()
					told = box.told[0]
					for _, n := range box.told[1:] {
						told += n
					}
				}
				assert.EqualValues(t, test.want, told)
				assert.LessOrEqual(t, len(box.told), 2)
				close(release)
				synctest.Wait()
				require.NoError(t, sys.Close(t.Context()))
			})
		})
	}
}

// However many are lost, there is at most one record a second, and each is
// counted.
func TestFloodOfDeadLettersIsOneRecordASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var box letterbox
		sys := box.system(t)
		release := make(chan struct{})
		ref := busyActor(t, sys, release, actor.WithMailbox(mailbox.Config{Capacity: 1, Overflow: mailbox.DropOldest}))
		const each, seconds = 400, 5
		for range seconds {
			for range each {
				require.NoError(t, ref.Cast(t.Context(), reply(0)))
			}
			time.Sleep(time.Second) // of the bubble's clock
		}
		close(release)
		synctest.Wait()
		require.NoError(t, sys.Close(t.Context()))
		assert.LessOrEqual(t, len(box.told), seconds+1)
		var told int64
		for _, n := range box.told {
			told += n
		}
		assert.EqualValues(t, each*seconds-1, told, "all but the last, which was handled")
		assert.Len(t, box.letters, each*seconds-1)
		assert.Empty(t, box.other)
	})
}

// Whoever takes the letters may do what it likes: nobody waits for it, and the
// others come.
func TestWhoTakesDeadLettersMayMisbehave(t *testing.T) {
	lose := func(t *testing.T, sys *actor.System, n int) {
		t.Helper()
		release := make(chan struct{})
		ref := busyActor(t, sys, release, actor.WithMailbox(mailbox.Config{Capacity: n}))
		for i := range n {
			require.NoError(t, ref.Cast(t.Context(), reply(i)))
		}
		require.Error(t, sys.Stop(t.Context(), "a"))
		close(release)
		synctest.Wait()
	}
	for name, test := range map[string]struct {
		do   func(n int)
		told string
	}{
		"panics": {func(int) { panic("boom") }, "who takes dead letters panicked"},
		"Goexit": {func(int) { runtime.Goexit() }, "who takes dead letters panicked"},
		"nil":    {func(int) { panic(error(nil)) }, "who takes dead letters panicked"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var box letterbox
				taken := 0
				sys := actor.NewSystem(actor.WithLogger(slog.New(&box)), actor.WithDeadLetters(func(actor.DeadLetter) {
					taken++
					test.do(taken)
				}))
				lose(t, sys, 5)
				require.NoError(t, sys.Close(t.Context()))
				assert.Equal(t, 5, taken)
				assert.Contains(t, box.other, test.told)
				box.other = nil
			})
		})
	}
	t.Run("blocks", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var box letterbox
			hold := make(chan struct{})
			sys := actor.NewSystem(actor.WithLogger(slog.New(&box)), actor.WithDeadLetters(func(l actor.DeadLetter) { <-hold; box.take(l) }))
			lose(t, sys, 3000)
			began := time.Now()
			require.NoError(t, sys.Close(t.Context()))
			assert.LessOrEqual(t, time.Since(began), 2*time.Second, "of the bubble's clock")
			close(hold)
			synctest.Wait()
			assert.Equal(t, 3000, int(box.told[0]))
			lost := 0
			for _, n := range box.told[1:] { // in one record or in two: it may have begun to block when some were lost
				lost += int(n)
			}
			assert.Equal(t, 3000, len(box.letters)+lost, "what is lost is counted")
			assert.LessOrEqual(t, len(box.letters), 1024, "what waits has an end")
		})
	})
	t.Run("uses the system", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			sys := (*actor.System)(nil)
			var errs []error
			sys = actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)), actor.WithDeadLetters(func(l actor.DeadLetter) {
				_, there := sys.PIDAt(l.To.Name)
				assert.False(t, there)
				errs = append(errs, actor.RefAt[task, int](sys, l.To.Name).Cast(context.Background(), reply(0)))
			}))
			lose(t, sys, 2)
			require.NoError(t, sys.Close(t.Context()))
			require.Len(t, errs, 2)
			require.ErrorIs(t, errors.Join(errs...), actor.ErrNoActor, "a cast that is refused is no letter")
		})
	})
}
