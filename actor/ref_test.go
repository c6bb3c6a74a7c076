package actor_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nobody asserts that r answers by that class, whatever is asked.
func nobody(t *testing.T, r actor.Ref[task, int], class error) {
	t.Helper()
	_, err := r.Call(t.Context(), reply(1))
	assert.Equal(t, "call", requireCallError(t, err, actor.NotSent, class).Op)
	assert.Equal(t, "cast", requireCallError(t, r.Cast(t.Context(), reply(1)), actor.NotSent, class).Op)
	n := 0
	for _, err := range r.Stream(t.Context(), reply(1)) {
		assert.Equal(t, "stream", requireCallError(t, err, actor.NotSent, class).Op)
		n++
	}
	assert.Equal(t, 1, n)
}

func TestRefToNobody(t *testing.T) {
	sys := newSystem(t)
	_, err := actor.Spawn(t.Context(), sys, "other", func(actor.Ref[string, int]) actor.Behavior[string, int] {
		return behavior[string, int]{}
	})
	require.NoError(t, err)
	for name, test := range map[string]struct {
		ref   actor.Ref[task, int]
		class error
		name  string
	}{
		"zero":         {actor.Ref[task, int]{}, actor.ErrNoActor, ""},
		"never was":    {actor.RefAt[task, int](sys, "nobody"), actor.ErrNoActor, "nobody"},
		"another type": {actor.RefAt[task, int](sys, "other"), actor.ErrType, "other"},
	} {
		t.Run(name, func(t *testing.T) {
			nobody(t, test.ref, test.class)
			assert.Equal(t, test.name, test.ref.Name())
			if test.class == actor.ErrNoActor { //nolint:errorlint // the table's own value
				_, ok := test.ref.PID()
				assert.False(t, ok)
				assert.Equal(t, actor.Down{PID: actor.PID{Name: test.name}, Reason: actor.ErrNoActor}, requireDown(t, test.ref.Watch(t.Context())))
			}
		})
	}
}

func TestToLooksUpLate(t *testing.T) {
	sys := newSystem(t)
	ref := actor.RefAt[task, int](sys, "late")
	nobody(t, ref, actor.ErrNoActor)
	spawn(t, sys, "late")
	n, err := ref.Call(t.Context(), reply(3))
	require.NoError(t, err)
	assert.Equal(t, 3, n)
}

// Guarantee(calls): A Ref outlives the actor it was made for: it reaches whoever takes the name next.
func TestOldRefReachesTheSuccessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		old := spawn(t, sys, "a")
		first, _ := old.PID()
		down := old.Watch(t.Context())
		require.NoError(t, sys.Exit(first, nil))
		requireDown(t, down)
		nobody(t, old, actor.ErrNoActor)

		spawn(t, sys, "a")
		n, err := old.Call(t.Context(), reply(4))
		require.NoError(t, err)
		assert.Equal(t, 4, n)
		ran := make(chan struct{})
		require.NoError(t, old.Cast(t.Context(), func(context.Context) (int, error) { close(ran); return 0, nil }))
		<-ran
		for n, err := range old.Stream(t.Context(), reply(5)) {
			require.NoError(t, err)
			assert.Equal(t, 5, n)
		}
	})
}

// A name that is taken again in the very moment of its end must not give a
// live actor with a closed mailbox.
func TestTakingANameAsItIsFreed(t *testing.T) {
	sys := newSystem(t)
	for range 300 {
		ref := spawn(t, sys, "a")
		require.NoError(t, ref.Cast(t.Context(), func(context.Context) (int, error) { return 0, actor.Stop(nil) }))
		for {
			next, err := actor.Spawn(t.Context(), sys, "a", runsTasks)
			if err != nil {
				require.ErrorIs(t, err, actor.ErrTaken)
				continue
			}
			_, err = next.Call(t.Context(), reply(1))
			require.NoError(t, err)
			down := next.Watch(t.Context())
			pid, _ := next.PID()
			require.NoError(t, sys.Exit(pid, nil))
			requireDown(t, down)
			break
		}
	}
}
