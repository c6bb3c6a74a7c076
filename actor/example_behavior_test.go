package actor_test

import (
	"context"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
)

// session is a behavior with a beginning and an end.
type session struct{ user string }

func (s *session) Init(context.Context) error {
	s.user = "ann" // a login, say; Spawn returns when it is done
	return nil
}

func (s *session) Receive(_ context.Context, word string, emit func(string) error) error {
	return emit(word + ", " + s.user)
}

func (s *session) Terminate(reason error) { fmt.Println("log out", s.user, "because of", reason) }

func newSession(actor.Ref[string, string]) actor.Behavior[string, string] { return &session{} }

func ExampleInitializer() {
	ctx, sys := context.Background(), actor.NewSystem()
	ref, err := actor.Spawn(ctx, sys, "session", newSession)
	fmt.Println(err)
	fmt.Println(ref.Call(ctx, "hello"))
	fmt.Println(sys.Close(ctx))
	// Output:
	// <nil>
	// hello, ann <nil>
	// log out ann because of shutdown
	// <nil>
}

func ExampleTerminator() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()
	_, _ = actor.Spawn(ctx, sys, "session", newSession)
	fmt.Println(sys.Stop(ctx, "session"))
	// Output:
	// log out ann because of shutdown
	// <nil>
}

func ExampleBehavior() {
	ctx, sys := context.Background(), actor.NewSystem()
	defer func() { _ = sys.Close(ctx) }()

	// Each life has a counter of its own, which needs no lock.
	ref, _ := actor.Spawn(ctx, sys, "counter", func(actor.Ref[int, int]) actor.Behavior[int, int] {
		return &counter{total: 10}
	})
	fmt.Println(ref.Call(ctx, 1))
	fmt.Println(ref.Call(ctx, 1))
	// Output:
	// 11 <nil>
	// 12 <nil>
}

// A mailbox that forgets the oldest request when a newer one finds no room.
func ExampleWithMailbox() {
	ctx, sys := context.Background(), actor.NewSystem()
	started, release, last := make(chan struct{}, 1), make(chan struct{}), make(chan int)
	ref, _ := actor.SpawnFunc(ctx, sys, "display", func(_ context.Context, n int) (int, error) {
		if n == 0 {
			started <- struct{}{}
			<-release
			return 0, nil
		}
		last <- n
		return n, nil
	}, actor.WithMailbox(mailbox.Config{Capacity: 1, Overflow: mailbox.DropOldest}))

	_ = ref.Cast(ctx, 0)
	<-started
	for n := 1; n <= 3; n++ {
		_ = ref.Cast(ctx, n) // never waits
	}
	close(release)
	fmt.Println(<-last)
	fmt.Println(sys.Close(ctx))
	// Output:
	// 3
	// <nil>
}

func ExampleWithShutdown() {
	ctx, sys := context.Background(), actor.NewSystem()
	// Terminate may take a minute, for instance to write what is not saved.
	_, err := actor.Spawn(ctx, sys, "session", newSession, actor.WithShutdown(time.Minute))
	fmt.Println(err)
	fmt.Println(sys.Close(ctx))
	// Output:
	// <nil>
	// log out ann because of shutdown
	// <nil>
}
