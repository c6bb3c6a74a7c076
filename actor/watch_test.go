package actor_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWatchNamesALife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		o := own(t, sys, "top/w", spawning(runsTasks))
		first, _ := o.slot.PID()
		down := sys.Watch(t.Context(), first)
		assert.Equal(t, 1, cap(down))
		o.slot.Stop(errPigeon)
		assert.Equal(t, actor.Down{PID: first, Reason: errPigeon}, requireDown(t, down))
		synctest.Wait()
		assert.Equal(t, actor.Down{PID: first, Reason: actor.ErrNoActor}, requireDown(t, sys.Watch(t.Context(), first)), "reasons are not kept")
		never := actor.PID{Name: "never"}
		assert.Equal(t, actor.Down{PID: never, Reason: actor.ErrNoActor}, requireDown(t, sys.Watch(t.Context(), never)))
		second, ok := sys.PIDAt("top/w")
		require.True(t, ok)
		assert.Greater(t, second.Incarnation, first.Incarnation)
	})
}

func TestWatchEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		o := own(t, sys, "top/w", spawning(runsTasks))
		pid, _ := o.slot.PID()
		ref := actor.RefAt[task, int](sys, "top/w")
		ctx, cancel := context.WithCancel(t.Context())
		live, byRef, stays := sys.Watch(ctx, pid), ref.Watch(ctx), ref.Watch(t.Context())
		cancel()
		for _, ch := range []<-chan actor.Down{live, byRef, ref.Watch(ctx)} {
			d, ok := <-ch
			assert.False(t, ok, "%v", d)
		}
		o.hold()
		assert.Equal(t, pid, requireDown(t, stays).PID)
		ctx, cancel = context.WithCancel(t.Context())
		held := ref.Watch(ctx)
		cancel()
		_, ok := <-held
		assert.False(t, ok)
		assert.Equal(t, actor.ErrNoActor, requireDown(t, sys.Watch(ctx, pid)).Reason, "what is known at once is told though the context is over")
	})
}

func TestReleaseWhileALifeRuns(t *testing.T) {
	for name, reason := range map[string]error{"with a reason": errPigeon, "without": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sys := newSystem(t)
				exited := make(chan actor.Down, 1)
				slot := actor.NewSlot(sys, "top/w", func(d actor.Down) { exited <- d })
				ref := spawn(t, slot, "w")
				started, release := make(chan struct{}), make(chan struct{})
				require.NoError(t, ref.Cast(t.Context(), block(started, release)))
				<-started
				queued := make(chan error, 1)
				go func() { _, err := ref.Call(t.Context(), reply(1)); queued <- err }()
				synctest.Wait()
				slot.Release(reason)
				assert.Empty(t, queued, "a life is there that may answer it")
				slot.Stop(actor.ErrShutdown)
				close(release)
				call := requireCallError(t, <-queued, actor.NotSent, actor.ErrNoActor)
				if reason != nil {
					require.ErrorIs(t, call, reason)
				}
				assert.Equal(t, actor.ErrShutdown, (<-exited).Reason)
				nobody(t, ref, actor.ErrNoActor)
			})
		})
	}
}

func TestExitOfWhatOnlyItsParentMayEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		_, life, err := actor.Begin(sys, "sup", func() quietCell { return quietCell{} })
		require.NoError(t, err)
		life.ParentOnly()
		require.True(t, life.Ready())
		require.ErrorIs(t, sys.Exit(life.PID(), errPigeon), actor.ErrNotParent)
		require.NoError(t, life.Context().Err())
		life.End(nil)
		<-life.Over()
		assert.Equal(t, actor.ErrNormal, life.Reason())
		assert.False(t, life.Ready(), "it is over")
	})
}

// quietCell is a Cell of another kind.
type quietCell struct{}

func (quietCell) Live(*actor.Life) {}
func (quietCell) Held()            {}
func (quietCell) Gone(error)       {}

func TestLifeSignals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		var downs []actor.Down
		slot := actor.NewSlot(sys, "top/w", func(d actor.Down) { downs = append(downs, d) })
		begin := func() *actor.Life {
			_, life, err := actor.Begin(slot, "w", func() quietCell { return quietCell{} })
			require.NoError(t, err)
			assert.Same(t, sys, life.System())
			return life
		}
		// A failed start: watchers are told, the slot is not.
		life := begin()
		down := sys.Watch(t.Context(), life.PID())
		life.End(errPigeon)
		assert.Equal(t, errPigeon, requireDown(t, down).Reason)
		assert.Empty(t, downs)

		life = begin()
		require.True(t, life.Ready())
		var stops, kills []error
		life.OnStop(func(reason error) { stops = append(stops, reason) })
		life.OnKill(func(reason error) { kills = append(kills, reason) })
		slot.Stop(errPigeon)
		slot.Stop(actor.ErrShutdown)
		assert.Equal(t, []error{errPigeon}, stops, "the first reason counts")
		assert.Equal(t, errPigeon, context.Cause(life.Context()))
		assert.Equal(t, errPigeon, life.StopRequested())
		slot.Kill(actor.ErrKilled)
		slot.Kill(errPigeon)
		<-life.Killed()
		assert.Equal(t, []error{actor.ErrKilled}, kills)
		life.End(actor.ErrKilled)
		life.End(nil)
		assert.Equal(t, []actor.Down{{PID: life.PID(), Reason: actor.ErrKilled}}, downs)
		_, ok := slot.PID()
		assert.False(t, ok)
		slot.Stop(nil)
		slot.Kill(nil)
		slot.Release(nil)
	})
}
