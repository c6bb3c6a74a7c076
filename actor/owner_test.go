package actor_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/proctor-dev/proctor/actor"
)

// owner fills a slot again whenever its life ends, as a supervisor would.
type owner struct {
	slot  *actor.Slot
	start func(at *actor.Slot) error

	mu      sync.Mutex // protects the following
	changed *sync.Cond
	state   ownerState
	held    bool
	over    bool
	downs   []actor.Down
}

type ownerState uint8

const (
	ownerEmpty ownerState = iota
	ownerStarting
	ownerFull
)

// own fills a new slot at path by start, and empties it with the test.
func own(t testing.TB, sys *actor.System, path string, start func(at *actor.Slot) error) *owner {
	t.Helper()
	o := &owner{start: start}
	o.changed = sync.NewCond(&o.mu)
	o.slot = actor.NewSlot(sys, path, o.exited)
	o.slot.OnSettled(func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.changed.Broadcast()
	})
	o.resume()
	o.await(ownerFull)
	t.Cleanup(o.giveUp)
	return o
}

// exited is the slot's: it must not block, and may come while the start has
// not yet returned.
func (o *owner) exited(d actor.Down) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.downs = append(o.downs, d)
	o.state = ownerEmpty
	o.fill()
}

// fill starts a life if one is wanted; o.mu is held.
func (o *owner) fill() {
	defer o.changed.Broadcast()
	if o.state != ownerEmpty || o.held || o.over {
		return
	}
	o.state = ownerStarting
	lives := len(o.downs)
	go func() {
		if err := o.start(o.slot); err != nil {
			panic(fmt.Sprint("the test's own start failed: ", err))
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		if len(o.downs) == lives { // otherwise it has ended already
			o.state = ownerFull
			o.changed.Broadcast()
		}
	}()
}

// await waits for a state.
func (o *owner) await(want ownerState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.state != want {
		o.changed.Wait()
	}
}

// settled waits for the end of a start.
func (o *owner) settled() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.state == ownerStarting {
		o.changed.Wait()
	}
}

// hold ends the life and lets none come. It returns when nobody sees a life any
// more, which is after the owner is told.
func (o *owner) hold() {
	o.mu.Lock()
	o.held = true
	o.mu.Unlock()
	o.settled()
	o.slot.Kill(actor.ErrKilled)
	o.await(ownerEmpty)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, seen := o.slot.PID(); seen; _, seen = o.slot.PID() {
		o.changed.Wait()
	}
}

func (o *owner) resume() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = false
	o.fill()
}

// giveUp ends the life and lets none come ever.
func (o *owner) giveUp() {
	o.mu.Lock()
	o.over = true
	o.mu.Unlock()
	o.settled()
	o.slot.Kill(actor.ErrKilled)
	o.await(ownerEmpty)
	o.slot.Release(actor.ErrShutdown)
}

// ended returns what the slot was told so far.
func (o *owner) ended() []actor.Down {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]actor.Down(nil), o.downs...)
}

// spawning returns a start of an actor of that behavior.
func spawning[Req, Resp any](fresh func(actor.Ref[Req, Resp]) actor.Behavior[Req, Resp], opts ...actor.SpawnOption) func(*actor.Slot) error {
	return func(at *actor.Slot) error {
		_, err := actor.Spawn(context.Background(), at, at.ID(), fresh, opts...)
		return err
	}
}
