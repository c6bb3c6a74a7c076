package actor_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/proctor-dev/proctor/actor"
)

func square(_ context.Context, n int) (int, error) { return n * n, nil }

func freshSquare(actor.Ref[int, int]) actor.Behavior[int, int] { return actor.Func[int, int](square) }

func spawnSquare(tb testing.TB, sys *actor.System) actor.Ref[int, int] {
	tb.Helper()
	ref, err := actor.Spawn(context.Background(), sys, "square", freshSquare)
	if err != nil {
		tb.Fatal(err)
	}
	return ref
}

func BenchmarkCall(b *testing.B) {
	ref, ctx := spawnSquare(b, newSystem(b)), context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ref.Call(ctx, 3); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCallWithCancel is a call whose context can end.
func BenchmarkCallWithCancel(b *testing.B) {
	ref := spawnSquare(b, newSystem(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ref.Call(b.Context(), 3); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCast(b *testing.B) {
	for _, senders := range []int{1, 8} {
		b.Run(fmt.Sprintf("%dto1", senders), func(b *testing.B) {
			ref, ctx := spawnSquare(b, newSystem(b)), context.Background()
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for range senders {
				wg.Go(func() {
					for range b.N / senders {
						if err := ref.Cast(ctx, 3); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			if _, err := ref.Call(ctx, 1); err != nil { // all of them are handled
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkPingPong is a message to and fro between two actors.
func BenchmarkPingPong(b *testing.B) {
	sys, ctx := newSystem(b), context.Background()
	done := make(chan struct{})
	var ping, pong actor.Ref[int, int]
	player := func(other *actor.Ref[int, int]) func(actor.Ref[int, int]) actor.Behavior[int, int] {
		return func(actor.Ref[int, int]) actor.Behavior[int, int] {
			return actor.Func[int, int](func(_ context.Context, n int) (int, error) {
				if n == 0 {
					close(done)
					return 0, nil
				}
				return 0, other.Cast(ctx, n-1)
			})
		}
	}
	var err error
	if ping, err = actor.Spawn(ctx, sys, "ping", player(&pong)); err != nil {
		b.Fatal(err)
	}
	if pong, err = actor.Spawn(ctx, sys, "pong", player(&ping)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := ping.Cast(ctx, 2*b.N); err != nil {
		b.Fatal(err)
	}
	<-done
}

// BenchmarkSpawn is the start of an actor, without its end.
func BenchmarkSpawn(b *testing.B) {
	sys, ctx := newSystem(b), context.Background()
	names := make([]string, b.N)
	for i := range names {
		names[i] = fmt.Sprint("a", i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, name := range names {
		if _, err := actor.Spawn(ctx, sys, name, freshSquare); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
}

func BenchmarkStream(b *testing.B) {
	sys := newSystem(b)
	ref, err := actor.Spawn(b.Context(), sys, "count", freshCounter)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, err := range ref.Stream(b.Context(), b.N) {
		if err != nil {
			b.Fatal(err)
		}
	}
}

func freshCounter(actor.Ref[int, int]) actor.Behavior[int, int] {
	return behavior[int, int]{receive: func(_ context.Context, n int, emit func(int) error) error {
		for i := range n {
			if err := emit(i); err != nil {
				return err
			}
		}
		return nil
	}}
}
