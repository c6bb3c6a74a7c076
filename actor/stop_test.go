package actor_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStopRepliesFirst(t *testing.T) {
	for name, test := range map[string]struct{ reason, want error }{
		"normal":   {nil, actor.ErrNormal},
		"a reason": {errPigeon, errPigeon},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sys := newSystem(t)
				ref := spawn(t, sys, "func")
				down := ref.Watch(t.Context())
				n, err := ref.Call(t.Context(), func(context.Context) (int, error) { return 8, actor.Stop(test.reason) })
				require.NoError(t, err)
				assert.Equal(t, 8, n)
				assert.Equal(t, test.want, requireDown(t, down).Reason)

				var terminated error
				emitter, err := actor.Spawn(t.Context(), sys, "emitter", func(actor.Ref[int, int]) actor.Behavior[int, int] {
					return behavior[int, int]{
						receive: func(_ context.Context, n int, emit func(int) error) error {
							return errors.Join(emit(n), actor.Stop(test.reason))
						},
						terminate: func(reason error) { terminated = reason },
					}
				})
				require.NoError(t, err)
				down = emitter.Watch(t.Context())
				n, err = emitter.Call(t.Context(), 9)
				require.NoError(t, err)
				assert.Equal(t, 9, n)
				assert.Equal(t, test.want, requireDown(t, down).Reason)
				assert.Equal(t, test.want, terminated)
			})
		})
	}
}

func TestTerminatorIsToldWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		reasons := make(chan error, 1)
		fresh := func(actor.Ref[bool, int]) actor.Behavior[bool, int] {
			return behavior[bool, int]{
				receive:   func(context.Context, bool, func(int) error) error { panic("boom") },
				terminate: func(reason error) { reasons <- reason },
			}
		}
		asked, err := actor.Spawn(t.Context(), sys, "asked", fresh)
		require.NoError(t, err)
		pid, _ := asked.PID()
		require.NoError(t, sys.Exit(pid, errPigeon))
		assert.Equal(t, errPigeon, <-reasons)
		synctest.Wait()
		require.ErrorIs(t, sys.Exit(pid, errPigeon), actor.ErrNoActor)

		crashes, err := actor.Spawn(t.Context(), sys, "crashes", fresh)
		require.NoError(t, err)
		_, err = crashes.Call(t.Context(), true)
		require.Error(t, err)
		synctest.Wait()
		assert.Empty(t, reasons, "a crash is not terminated")
	})
}

func TestAStopOvertakesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		ref := spawn(t, sys, "a")
		started, release := make(chan struct{}), make(chan struct{})
		first := make(chan error, 1)
		go func() { _, err := ref.Call(t.Context(), block(started, release)); first <- err }()
		<-started
		queued := make(chan error, 1)
		go func() { _, err := ref.Call(t.Context(), reply(1)); queued <- err }()
		synctest.Wait()
		pid, _ := ref.PID()
		require.NoError(t, sys.Exit(pid, nil))
		close(release)
		require.NoError(t, <-first, "what runs may end")
		requireCallError(t, <-queued, actor.NotSent, actor.ErrNoActor)
	})
}

// Guarantee(stop): An actor that ignores a stop is abandoned at its deadline and named by Close, and its replacement starts meanwhile.
func TestHungActorIsAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logRecorder
		sys := newLoggingSystem(t, &log)
		o := own(t, sys, "top/w", spawning(runsTasks))
		ref := actor.RefAt[task, int](sys, "top/w")
		hungPID, _ := ref.PID()
		started, release := make(chan struct{}), make(chan struct{})
		hung := make(chan error, 1)
		go func() { _, err := ref.Call(t.Context(), block(started, release)); hung <- err }()
		<-started
		o.slot.Stop(actor.ErrShutdown)
		synctest.Wait()
		assert.Empty(t, o.ended(), "it ignores the stop")
		o.slot.Kill(actor.ErrKilled)
		requireCallError(t, <-hung, actor.Unknown, actor.ErrKilled)
		n, err := ref.Call(t.Context(), reply(4))
		require.NoError(t, err, "the replacement answers while the old goroutine still runs")
		assert.Equal(t, 4, n)

		o.giveUp()
		var stuck *actor.CloseError
		require.ErrorAs(t, sys.Close(t.Context()), &stuck)
		assert.Equal(t, []actor.PID{hungPID}, stuck.Running)
		require.ErrorContains(t, stuck, hungPID.String())
		close(release)
		synctest.Wait()
		require.NoError(t, sys.Close(t.Context()), "it returned after all")
		require.Len(t, log.all(), 2)
		assert.Contains(t, log.all()[0].Message, "abandoned")
		assert.Contains(t, log.all()[1].Message, "returned after all")
	})
}

// Whoever is not to be asked is killed, also when it would stop at once; whoever has
// all the time is not killed.
func TestBrutalKillAndInfinityOnTheSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		brutal := spawn(t, sys, "brutal", actor.WithShutdown(actor.BrutalKill))
		down := brutal.Watch(t.Context())
		require.NoError(t, sys.Stop(t.Context(), "brutal"))
		assert.Equal(t, actor.ErrKilled, requireDown(t, down).Reason)

		patient := spawn(t, sys, "patient", actor.WithShutdown(actor.Infinity))
		started, release := make(chan struct{}), make(chan struct{})
		require.NoError(t, patient.Cast(t.Context(), block(started, release)))
		<-started
		down = patient.Watch(t.Context())
		pid, _ := patient.PID()
		require.NoError(t, sys.Exit(pid, actor.ErrShutdown))
		select {
		case d := <-down:
			require.Fail(t, "it was not let finish", "%v", d)
		case <-time.After(1000 * time.Hour): // by the bubble's clock
		}
		close(release)
		assert.Equal(t, actor.ErrShutdown, requireDown(t, down).Reason)
	})
}

func TestShutdownTimeOnTheSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			name string
			opts []actor.SpawnOption
			want time.Duration
		}{
			{"default", nil, actor.DefaultShutdown},
			{"zero", []actor.SpawnOption{actor.WithShutdown(0)}, actor.DefaultShutdown},
			{"option", []actor.SpawnOption{actor.WithShutdown(time.Minute)}, time.Minute},
			{"brutal kill", []actor.SpawnOption{actor.WithShutdown(actor.BrutalKill)}, 0},
		} {
			sys := newSystem(t)
			ref := spawn(t, sys, test.name, test.opts...)
			started, release := make(chan struct{}), make(chan struct{})
			require.NoError(t, ref.Cast(t.Context(), block(started, release)))
			<-started
			down := ref.Watch(t.Context())
			begin := time.Now() // the bubble's clock: exact
			pid, _ := ref.PID()
			require.NoError(t, sys.Exit(pid, errPigeon))
			assert.Equal(t, actor.ErrKilled, requireDown(t, down).Reason)
			assert.Equal(t, test.want, time.Since(begin), test.name)
			close(release)
			synctest.Wait()
		}
	})
}
