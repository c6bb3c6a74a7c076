package supervise

import (
	"context"
	"errors"
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
