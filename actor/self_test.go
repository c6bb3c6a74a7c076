package actor_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSelf(t *testing.T) {
	for name, refOf := range map[string]func(self, outside actor.Ref[string, string]) actor.Ref[string, string]{
		"by self":          func(self, _ actor.Ref[string, string]) actor.Ref[string, string] { return self },
		"by another's Ref": func(_, outside actor.Ref[string, string]) actor.Ref[string, string] { return outside },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sys := newSystem(t)
				ref := actor.RefAt[string, string](sys, "a")
				results := make(chan error, 4)
				_, err := actor.Spawn(t.Context(), sys, "a", func(self actor.Ref[string, string]) actor.Behavior[string, string] {
					return behavior[string, string]{receive: func(ctx context.Context, req string, _ func(string) error) error {
						if req != "start" {
							return nil
						}
						me := refOf(self, ref)
						results <- me.Cast(ctx, "fits")
						results <- me.Cast(ctx, "does not")
						_, err := me.Call(ctx, "call")
						results <- err
						for _, err := range me.Stream(ctx, "stream") {
							results <- err
						}
						return nil
					}}
				}, actor.WithMailbox(mailbox.Config{Capacity: 1}))
				require.NoError(t, err)
				_, err = ref.Call(t.Context(), "start")
				require.NoError(t, err)
				require.NoError(t, <-results)
				requireCallError(t, <-results, actor.NotSent, actor.ErrFull)
				requireCallError(t, <-results, actor.NotSent, actor.ErrSelfCall)
				requireCallError(t, <-results, actor.NotSent, actor.ErrSelfCall)
			})
		})
	}
}

func TestEmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		var kept func(int) error
		second := make(chan error, 1)
		ref, err := actor.Spawn(t.Context(), sys, "a", func(actor.Ref[string, int]) actor.Behavior[string, int] {
			return behavior[string, int]{receive: func(_ context.Context, req string, emit func(int) error) error {
				kept = emit
				switch req {
				case "twice":
					first := emit(1)
					second <- emit(2)
					return first
				case "then fails":
					return errors.Join(emit(1), errPigeon)
				}
				return nil
			}}
		})
		require.NoError(t, err)
		n, err := ref.Call(t.Context(), "twice")
		require.NoError(t, err)
		assert.Equal(t, 1, n, "the first reply counts")
		require.ErrorIs(t, <-second, actor.ErrSecondReply)
		require.Error(t, kept(3), "after the request")

		n, err = ref.Call(t.Context(), "then fails")
		requireCallError(t, err, actor.Done, errPigeon)
		assert.Zero(t, n, "an error comes alone")

		n, err = ref.Call(t.Context(), "nothing")
		require.NoError(t, err)
		assert.Zero(t, n)

		require.NoError(t, ref.Cast(t.Context(), "twice"))
		require.NoError(t, <-second, "a cast's replies go nowhere")
	})
}

func TestFuncOverAStream(t *testing.T) {
	sys := newSystem(t)
	ref := spawn(t, sys, "a")
	var items []int
	for n, err := range ref.Stream(t.Context(), reply(5)) {
		require.NoError(t, err)
		items = append(items, n)
	}
	assert.Equal(t, []int{5}, items)
	for n, err := range ref.Stream(t.Context(), func(context.Context) (int, error) { return 3, errPigeon }) {
		requireCallError(t, err, actor.Done, errPigeon)
		assert.Zero(t, n)
	}
}

func TestReceiveContext(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		sys := newSystem(t)
		ref := spawn(t, sys, "a")
		for name, ctx := range map[string]context.Context{
			"plain":  context.Background(),
			"values": context.WithValue(t.Context(), key{}, "v"),
		} {
			for range 2 { // the second time nothing is left of the first
				var kept context.Context
				_, err := ref.Call(ctx, func(inner context.Context) (int, error) {
					kept = inner
					assert.NoError(t, inner.Err(), name)
					assert.Equal(t, ctx.Value(key{}), inner.Value(key{}), name)
					assert.True(t, actor.Inside(inner), name)
					return 0, nil
				})
				require.NoError(t, err)
				assert.ErrorIs(t, kept.Err(), context.Canceled, "%s: it ends with the request", name)
			}
		}
		assert.False(t, actor.Inside(t.Context()))
		pid, _ := ref.PID()
		_, err := ref.Call(context.Background(), func(inner context.Context) (int, error) {
			require.NoError(t, sys.Exit(pid, errPigeon))
			<-inner.Done()
			return 0, context.Cause(inner)
		})
		requireCallError(t, err, actor.Done, errPigeon)
	})
}
