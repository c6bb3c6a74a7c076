package actor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/actor"
	"pgregory.net/rapid"
)

// TestSlotsUnderRandomLives drives slots, calls and watches at random, and
// holds at the end: each call ended once and its Delivery is true, each watcher
// had one Down, each life was told to its slot once, casts ran in order.
//
// Guarantee(calls): Whatever happens to an actor, every call ends exactly once, every request runs at most once, and every watcher hears of the end exactly once.
func TestSlotsUnderRandomLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rapid.SyncTest(t, func(t *rapid.T) {
			w := newWorld()
			t.Repeat(map[string]func(*rapid.T){
				"start":    w.start,
				"call":     w.call,
				"call too": w.call,
				"cast":     w.cast,
				"cancel":   w.cancelOne,
				"watch":    w.watch,
				"open":     func(*rapid.T) { w.open() },
				"settle":   func(*rapid.T) { synctest.Wait() },
				"stop":     func(t *rapid.T) { w.pick(t).slot.Stop(errPigeon) },
				"kill":     func(t *rapid.T) { w.pick(t).slot.Kill(actor.ErrKilled) },
				"release":  func(t *rapid.T) { w.pick(t).slot.Release(errPigeon) },
				"exit": func(t *rapid.T) {
					if pid, ok := w.pick(t).slot.PID(); ok {
						if err := w.sys.Exit(pid, errPigeon); err != nil && !errors.Is(err, actor.ErrNoActor) {
							t.Fatalf("exit: %v", err)
						}
					}
				},
			})
			w.finish()
			w.check(t)
		})
	})
}

type world struct {
	sys     *actor.System
	slots   []*slotModel
	calls   []*callModel
	watches []*watchModel

	mu   sync.Mutex // protects the following
	gate chan struct{}
}

type slotModel struct {
	slot *actor.Slot
	ref  actor.Ref[task, int]
	sent int

	mu     sync.Mutex // protects the following
	downs  []actor.Down
	ran    []int // casts, by number
	starts int
}

type callModel struct {
	cancel  context.CancelFunc
	results chan error

	mu   sync.Mutex // protects the following
	runs int
}

type watchModel struct {
	ctx    context.Context
	cancel context.CancelFunc
	down   <-chan actor.Down
}

func newWorld() *world {
	w := &world{sys: actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler))), gate: make(chan struct{})}
	for i := range 3 {
		s := &slotModel{ref: actor.RefAt[task, int](w.sys, fmt.Sprint("top/", i))}
		s.slot = actor.NewSlot(w.sys, fmt.Sprint("top/", i), func(d actor.Down) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.downs = append(s.downs, d)
		})
		w.slots = append(w.slots, s)
	}
	return w
}

func (w *world) pick(t *rapid.T) *slotModel {
	return w.slots[rapid.IntRange(0, len(w.slots)-1).Draw(t, "slot")]
}

func (w *world) start(t *rapid.T) {
	s := w.pick(t)
	s.mu.Lock()
	told := len(s.downs) == s.starts
	s.mu.Unlock()
	if !told {
		return // an owner fills its slot when it has heard of the last end
	}
	_, err := actor.Spawn(context.Background(), s.slot, s.slot.ID(), runsTasks)
	switch {
	case errors.Is(err, actor.ErrTaken):
		return
	case err != nil:
		t.Fatalf("spawn: %v", err)
	}
	s.starts++
}

// call makes a request of a random kind.
func (w *world) call(t *rapid.T) {
	s, kind := w.pick(t), rapid.IntRange(0, 6).Draw(t, "kind")
	stream := rapid.Bool().Draw(t, "stream")
	w.mu.Lock()
	gate := w.gate
	w.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	c := &callModel{cancel: cancel, results: make(chan error, 2)}
	w.calls = append(w.calls, c)
	do := func(ctx context.Context) (int, error) {
		c.mu.Lock()
		c.runs++
		c.mu.Unlock()
		switch kind {
		case 0:
			panic("boom")
		case 1:
			return 1, actor.Stop(nil)
		case 2:
			return 0, errPigeon
		case 3: // ignores its context
			<-gate
		case 4:
			select {
			case <-gate:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		return 1, nil
	}
	go func() {
		if !stream {
			_, err := s.ref.Call(ctx, do)
			c.results <- err
			return
		}
		var last error
		for _, err := range s.ref.Stream(ctx, do) {
			last = err
		}
		c.results <- last
	}()
}

// cast sends a numbered request, in order since it is always this goroutine.
func (w *world) cast(t *rapid.T) {
	s := w.pick(t)
	n := s.sent
	s.sent++
	err := s.ref.Cast(actor.NoWait(context.Background()), func(context.Context) (int, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ran = append(s.ran, n)
		return 0, nil
	})
	if err != nil && !errors.Is(err, actor.ErrNoActor) {
		t.Fatalf("cast: %v", err)
	}
}

func (w *world) cancelOne(t *rapid.T) {
	if len(w.calls) == 0 {
		t.Skip("no call")
	}
	w.calls[rapid.IntRange(0, len(w.calls)-1).Draw(t, "call")].cancel()
}

func (w *world) watch(t *rapid.T) {
	ctx, cancel := context.WithCancel(context.Background())
	w.watches = append(w.watches, &watchModel{ctx, cancel, w.pick(t).ref.Watch(ctx)})
	if rapid.IntRange(0, 3).Draw(t, "canceled") == 0 {
		cancel()
	}
}

// open releases all that waits, and shuts the gate for what comes.
func (w *world) open() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.gate)
	w.gate = make(chan struct{})
}

func (w *world) finish() {
	for _, s := range w.slots {
		s.slot.Kill(actor.ErrKilled)
	}
	synctest.Wait()
	for _, s := range w.slots {
		s.slot.Release(errPigeon)
	}
	w.open()
	synctest.Wait()
	_ = w.sys.Close(context.Background())
	synctest.Wait()
}

func (w *world) check(t *rapid.T) {
	for i, c := range w.calls {
		if n := len(c.results); n != 1 {
			t.Fatalf("call %d ended %d times", i, n)
		}
		c.check(t, i, <-c.results)
		c.cancel()
	}
	for i, m := range w.watches {
		if n := len(m.down); n != 1 && m.ctx.Err() == nil {
			t.Fatalf("watch %d had %d Downs", i, n)
		}
		if d, ok := <-m.down; ok {
			if d.Reason == nil {
				t.Fatalf("watch %d: a Down without reason", i)
			}
			if _, more := <-m.down; more {
				t.Fatalf("watch %d: a second Down", i)
			}
		}
		m.cancel()
	}
	for i, s := range w.slots {
		if len(s.downs) != s.starts {
			t.Fatalf("slot %d: %d lives, %d ends told", i, s.starts, len(s.downs))
		}
		for j := range s.downs {
			if j > 0 && s.downs[j].PID.Incarnation <= s.downs[j-1].PID.Incarnation {
				t.Fatalf("slot %d: ends out of order: %v", i, s.downs)
			}
		}
		for j := range s.ran {
			if j > 0 && s.ran[j] <= s.ran[j-1] {
				t.Fatalf("slot %d: casts ran as %v", i, s.ran)
			}
		}
	}
}

// check holds the call's error against whether it ran.
func (c *callModel) check(t *rapid.T, i int, err error) {
	if c.runs > 1 {
		t.Fatalf("call %d ran %d times", i, c.runs)
	}
	if err == nil {
		if c.runs != 1 {
			t.Fatalf("call %d succeeded without running", i)
		}
		return
	}
	call, ok := err.(*actor.CallError) //nolint:errorlint // the promise is the type itself
	if !ok {
		t.Fatalf("call %d: %T", i, err)
	}
	if ran := c.runs == 1; ran == errors.Is(err, actor.ErrNotStarted) && call.Delivery != actor.Unknown {
		t.Fatalf("call %d ran %d times, but says: %v", i, c.runs, err)
	}
}
