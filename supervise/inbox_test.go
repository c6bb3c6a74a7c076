package supervise

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

func TestInboxOrder(t *testing.T) {
	b := newInbox()
	b.post(evDeadline{1})
	b.post(evDeadline{2})
	b.urge(evStop{actor.ErrShutdown})
	b.urge(evKill{actor.ErrKilled})
	for _, want := range []event{evKill{actor.ErrKilled}, evStop{actor.ErrShutdown}, evDeadline{1}, evDeadline{2}} {
		assert.Equal(t, message{ev: want}, b.take())
	}
	b.post(evBoot{})
	assert.Len(t, b.close(), 1)
	assert.False(t, b.put(message{}), "closed")
}

// An exit keeps its turn, and what came after it waits, until everybody knows of
// it; only what overtakes does so.
func TestExitIsTakenWhenEverybodyKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, settled, taken := newInbox(), &atomic.Bool{}, make(chan message)
		b.exit(1, actor.ErrNormal, settled)
		b.post(evDeadline{2})
		go func() {
			for range 3 {
				taken <- b.take()
			}
		}()
		synctest.Wait()
		select {
		case m := <-taken:
			t.Fatalf("taken: %+v", m)
		default:
		}
		b.urge(evKill{actor.ErrKilled})
		assert.Equal(t, evKill{actor.ErrKilled}, (<-taken).ev)
		settled.Store(true)
		b.wake()
		assert.Equal(t, life(1), (<-taken).exited)
		assert.Equal(t, evDeadline{2}, (<-taken).ev)
	})
}

// Whoever hears of the end of a supervisor, and however, can ask its own about it.
func TestEndOfASupervisorIsToldAboveFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys, settled := actor.NewSystem(), make(chan struct{})
		var heard atomic.Int32
		slot := actor.NewSlot(sys, "top/s", func(actor.Down) {
			synctest.Wait() // who has heard of it has come back
			assert.Zero(t, heard.Load())
		})
		slot.OnSettled(func() { close(settled) })
		stop := make(chan struct{})
		sup, err := Start(t.Context(), slot, Spec{Name: "s", Children: []ChildSpec{Go("w", func(context.Context) error { <-stop; return nil })}})
		require.NoError(t, err)
		events := sup.Events(t.Context())
		hear := func(wait func()) {
			go func() {
				wait()
				heard.Add(1)
			}()
		}
		hear(func() {
			for e := range events {
				if e.Kind == EventEnded {
					break
				}
			}
		})
		slot.Stop(actor.ErrShutdown)
		synctest.Wait()
		hear(func() {
			_, err := sup.WhichChildren(t.Context())
			assert.ErrorIs(t, err, actor.ErrNoActor)
		})
		hear(func() { <-sup.Done() })
		synctest.Wait()
		require.Zero(t, heard.Load())
		close(stop)
		<-settled
		synctest.Wait()
		assert.Equal(t, int32(3), heard.Load())
		slot.Release(nil)
		require.NoError(t, sys.Close(t.Context()))
	})
}

// A question that comes while the others are answered for the last time is
// answered as well.
func TestLastQuestionIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := actor.NewSystem()
		hold := make(chan struct{})
		slow := Go("w", func(ctx context.Context) error { <-ctx.Done(); <-hold; return nil })
		sup, err := Start(t.Context(), sys, Spec{Name: "top", Children: []ChildSpec{slow}})
		require.NoError(t, err)
		sup.run.inbox.urge(evStop{actor.ErrShutdown})
		synctest.Wait()
		last := make(chan error, 1)
		require.True(t, sup.run.ask(reqCount{}, func(answer) {
			sup.run.ask(reqCount{}, func(a answer) { last <- a.err })
		}))
		close(hold)
		<-sup.Done()
		synctest.Wait()
		require.NotEmpty(t, last)
		require.ErrorIs(t, <-last, actor.ErrNoActor)
		assert.False(t, sup.run.ask(reqCount{}, func(answer) {}))
		require.NoError(t, sys.Close(t.Context()))
	})
}

// A kill that comes when serve has returned finds nothing to abandon.
func TestLateKillOfAService(t *testing.T) {
	sys := actor.NewSystem()
	_, l, err := actor.Begin(sys, "w", newServiceCell)
	require.NoError(t, err)
	crash := errors.New("crash")
	s := &service{life: l, serve: func(context.Context) error { return crash }}
	require.True(t, l.Ready())
	s.run(l.Context())
	s.abandon(actor.ErrKilled)
	assert.Equal(t, crash, l.Reason())
	assert.NoError(t, sys.Close(t.Context()), "nothing is abandoned")
}

// An inbox that is never empty keeps no room of what was taken.
func TestBusyInboxDoesNotGrow(t *testing.T) {
	b := newInbox()
	for l := range 100_000 {
		b.exit(life(l+1), nil, nil)
		if l >= 10 {
			assert.Equal(t, life(l-9), b.take().exited)
		}
	}
	assert.Less(t, cap(b.queue), 1000)
	assert.Len(t, b.close(), 10)
}
