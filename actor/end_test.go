package actor_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hearsay is who has heard of the end of a life, and how.
type hearsay struct {
	mu    sync.Mutex // protects the following
	heard []string
}

func (h *hearsay) note(how string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard = append(h.heard, how)
}

func (h *hearsay) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string{}, h.heard...)
}

// hear has somebody wait for the end.
func (h *hearsay) hear(how string, wait func()) {
	go func() {
		wait()
		h.note(how)
	}()
}

// Guarantee(blind): Whoever learns that an actor has died, in whatever way, and then asks its supervisor, finds that the supervisor already knows.
func TestSlotKnowsOfAnEndBeforeAnybodyElse(t *testing.T) {
	byDown := []string{"Watch", "WatchAt", "Ref.Watch"}
	for name, test := range map[string]struct {
		last  task // what it dies in; nil: it is told to end while it does nothing
		call  bool // somebody waits for that
		kill  bool
		gone  bool // no other life will come, which who waits in the queue is told
		hears []string
	}{
		"a panic in a call":      {last: func(context.Context) (int, error) { panic("boom") }, call: true, hears: []string{"caller"}},
		"a panic in a cast":      {last: func(context.Context) (int, error) { panic("boom") }},
		"goexit in a call":       {last: func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }, call: true, hears: []string{"caller"}},
		"killed in a call":       {last: func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, nil }, call: true, kill: true, hears: []string{"caller"}},
		"told to end":            {},
		"killed":                 {kill: true},
		"the last one panics":    {last: func(context.Context) (int, error) { panic("boom") }, call: true, gone: true, hears: []string{"caller", "queued"}},
		"the last one is killed": {last: func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, nil }, call: true, kill: true, gone: true, hears: []string{"caller", "queued"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sys, say := newSystem(t), &hearsay{}
				die, settled := make(chan struct{}), make(chan struct{})
				var ref actor.Ref[task, int]
				told := 0
				var slot *actor.Slot
				slot = actor.NewSlot(sys, "top/w", func(d actor.Down) {
					told++
					synctest.Wait() // who has heard of it has come back
					assert.Empty(t, say.all())
					for how, find := range map[string]func() (actor.PID, bool){
						"PIDAt": func() (actor.PID, bool) { return sys.PIDAt("top/w") }, "Slot.PID": slot.PID, "Ref.PID": ref.PID,
					} {
						pid, ok := find()
						assert.True(t, ok, how)
						assert.Equal(t, d.PID, pid, how)
					}
				})
				slot.OnSettled(func() { close(settled) })
				ref = spawn(t, slot, "w")
				pid, _ := ref.PID()
				for how, down := range map[string]<-chan actor.Down{
					"Watch": sys.Watch(t.Context(), pid), "WatchAt": sys.WatchAt(t.Context(), "top/w"), "Ref.Watch": ref.Watch(t.Context()),
				} {
					say.hear(how, func() { <-down })
				}
				do := func(ctx context.Context) (int, error) {
					<-die
					return test.last(ctx)
				}
				switch {
				case test.call:
					say.hear("caller", func() { _, err := ref.Call(t.Context(), do); assert.Error(t, err) })
				case test.last != nil:
					require.NoError(t, ref.Cast(t.Context(), do))
				}
				synctest.Wait()
				if test.gone {
					say.hear("queued", func() { _, err := ref.Call(t.Context(), reply(1)); assert.Error(t, err) })
					slot.Release(actor.ErrShutdown)
				}
				synctest.Wait()
				close(die)
				switch {
				case test.kill:
					slot.Kill(actor.ErrKilled)
				case test.last == nil:
					slot.Stop(actor.ErrShutdown)
				}
				<-settled
				synctest.Wait()
				assert.Equal(t, 1, told)
				assert.ElementsMatch(t, append(test.hears, byDown...), say.all())
				slot.Release(actor.ErrShutdown)
			})
		})
	}
}

// notingCell is a Cell that notes what it is told.
type notingCell struct{ say *hearsay }

func (notingCell) Live(*actor.Life) {}
func (c notingCell) Held()          { c.say.note("held") }
func (c notingCell) Gone(error)     { c.say.note("gone") }

func TestOrderOfAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys, say := newSystem(t), &hearsay{}
		var life *actor.Life
		slot := actor.NewSlot(sys, "top/w", func(actor.Down) {
			synctest.Wait()
			require.NoError(t, life.Reason())
			require.NoError(t, life.Context().Err())
			say.note("slot")
			life.End(errPigeon) // has no effect, and does not wait
		})
		slot.OnSettled(func() {
			synctest.Wait()
			say.note("settled")
		})
		_, life, err := actor.Begin(slot, "w", func() notingCell { return notingCell{say} })
		require.NoError(t, err)
		require.True(t, life.Ready())
		down, over := sys.Watch(t.Context(), life.PID()), life.Over()
		say.hear("down", func() { <-down })
		life.EndAnswering(actor.ErrKilled, func() {
			synctest.Wait()
			assert.Equal(t, actor.ErrKilled, life.Reason())
			assert.Empty(t, over, "the place is free when the calls are answered")
			say.note("answers")
		})
		<-over
		assert.Equal(t, []string{"slot", "held", "answers", "down", "settled"}, say.all())
		late := false
		life.EndAnswering(errPigeon, func() { late = true })
		assert.True(t, late, "no call is left open")
		slot.Release(nil)
		assert.Equal(t, "gone", say.all()[5])
	})
}

// The slot's owner may be faster than the end.
func TestNextLifeWaitsForTheEndOfTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys, next := newSystem(t), make(chan error, 1)
		var slot *actor.Slot
		again := true
		slot = actor.NewSlot(sys, "top/w", func(actor.Down) {
			if !again {
				return
			}
			again = false
			go func() {
				_, err := actor.Spawn(t.Context(), slot, "w", runsTasks)
				next <- err
			}()
			synctest.Wait()
			assert.Empty(t, next)
		})
		ref := spawn(t, slot, "w")
		first, _ := ref.PID()
		slot.Stop(actor.ErrShutdown)
		require.NoError(t, <-next)
		second, ok := ref.PID()
		assert.True(t, ok)
		assert.Greater(t, second.Incarnation, first.Incarnation)
		slot.Stop(actor.ErrShutdown)
	})
}
