package actor_test

import (
	"context"
	"testing"

	"github.com/proctor-dev/proctor/actor"
	"github.com/stretchr/testify/require"
)

func TestSmoke(t *testing.T) {
	sys := actor.NewSystem()
	ref, err := actor.Spawn(t.Context(), sys, "sq", func(actor.Ref[int, int]) actor.Behavior[int, int] {
		return actor.Func[int, int](func(_ context.Context, n int) (int, error) {
			if n < 0 {
				panic("neg")
			}
			return n * n, nil
		})
	})
	require.NoError(t, err)
	v, err := ref.Call(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, 49, v)
	pid, _ := ref.PID()
	down := sys.Watch(t.Context(), pid)
	_, err = ref.Call(t.Context(), -1)
	t.Log(err)
	require.ErrorIs(t, err, actor.ErrOutcomeUnknown)
	t.Log(<-down)
	_, err = ref.Call(t.Context(), 7)
	require.ErrorIs(t, err, actor.ErrNoActor)
	require.NoError(t, sys.Close(t.Context()))
}

func BenchmarkCall(b *testing.B) {
	sys := actor.NewSystem()
	ref, _ := actor.Spawn(b.Context(), sys, "sq", func(actor.Ref[int, int]) actor.Behavior[int, int] {
		return actor.Func[int, int](func(_ context.Context, n int) (int, error) { return n * n, nil })
	})
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		ref.Call(ctx, 3)
	}
}
func BenchmarkCast(b *testing.B) {
	sys := actor.NewSystem()
	ref, _ := actor.Spawn(b.Context(), sys, "sq", func(actor.Ref[int, int]) actor.Behavior[int, int] {
		return actor.Func[int, int](func(_ context.Context, n int) (int, error) { return n * n, nil })
	})
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		ref.Cast(ctx, 3)
	}
	ref.Call(ctx, 1)
}
