package mailbox_test

import (
	"context"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/mailbox"
)

func ExampleNew() {
	q := mailbox.New(mailbox.Config{Capacity: 2, Overflow: mailbox.DropOldest}, func(evicted string) {
		fmt.Println("evicted:", evicted)
	})
	for _, s := range []string{"one", "two", "three"} {
		if err := q.TryPut(s); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("left:", q.Close())
	// Output:
	// evicted: one
	// left: [two three]
}

func ExampleNewScheduled() {
	// A real consumer would be started in a goroutine by wake; here the program
	// plays its part after the puts.
	var woken []uint64
	q := mailbox.NewScheduled[string](mailbox.Config{}, nil, func(gen uint64) { woken = append(woken, gen) })
	_ = q.TryPut("a")
	_ = q.TryPut("b")
	fmt.Println("woken:", woken)
	for v, ok := q.Next(woken[0]); ok; v, ok = q.Next(woken[0]) {
		fmt.Println(v)
	}
	_ = q.TryPut("c")
	fmt.Println("woken:", woken)
	// Output:
	// woken: [0]
	// a
	// b
	// woken: [0 0]
}

func ExampleQueue_Put() {
	q := mailbox.New[int](mailbox.Config{Capacity: 1}, nil)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	fmt.Println(q.Put(ctx, 1))
	fmt.Println(q.Put(ctx, 2)) // nobody takes the first
	// Output:
	// <nil>
	// context deadline exceeded
}

func ExampleQueue_TryPut() {
	q := mailbox.New[int](mailbox.Config{Capacity: 1}, nil)
	fmt.Println(q.TryPut(1))
	fmt.Println(q.TryPut(2))
	q.Close()
	fmt.Println(q.TryPut(3))
	// Output:
	// <nil>
	// mailbox: full
	// mailbox: closed
}

func ExampleQueue_PutUrgent() {
	q := mailbox.New[string](mailbox.Config{Capacity: 1}, nil)
	_ = q.TryPut("request")
	fmt.Println(q.PutUrgent("exit")) // full or not
	first, _ := q.Take(context.Background())
	fmt.Println(first)
	// Output:
	// <nil>
	// exit
}

func ExampleQueue_Take() {
	q := mailbox.New[string](mailbox.Config{}, nil)
	go func() { _ = q.TryPut("hello") }()
	fmt.Println(q.Take(context.Background()))
	// Output: hello <nil>
}

func ExampleQueue_Next() {
	q := mailbox.NewScheduled[string](mailbox.Config{}, nil, func(uint64) {})
	_ = q.TryPut("request")
	fmt.Println(q.Next(0))
	_, ok := q.Next(0) // the consumer is idle now
	fmt.Println(ok)
	// Output:
	// request true
	// false
}

func ExampleQueue_Suspend() {
	q := mailbox.NewScheduled[string](mailbox.Config{}, nil, func(gen uint64) {
		fmt.Println("generation", gen, "was woken")
	})
	_ = q.TryPut("first")
	q.Suspend() // the first life ends
	_ = q.TryPut("second")
	_, ok := q.Next(0)
	fmt.Println("the old consumer takes:", ok)
	q.Resume() // the next life
	for v, ok := q.Next(1); ok; v, ok = q.Next(1) {
		fmt.Println(v)
	}
	// Output:
	// generation 0 was woken
	// the old consumer takes: false
	// generation 1 was woken
	// first
	// second
}

func ExampleQueue_Resume() {
	q := mailbox.New[string](mailbox.Config{}, nil)
	q.Suspend()
	_ = q.TryPut("patience")
	q.Resume()
	fmt.Println(q.Take(context.Background()))
	// Output: patience <nil>
}

func ExampleQueue_Close() {
	q := mailbox.New[string](mailbox.Config{}, nil)
	_ = q.TryPut("request 1")
	_ = q.TryPut("request 2")
	_ = q.PutUrgent("exit")
	for _, left := range q.Close() {
		fmt.Println("never taken:", left)
	}
	_, err := q.Take(context.Background())
	fmt.Println(err)
	// Output:
	// never taken: exit
	// never taken: request 1
	// never taken: request 2
	// mailbox: closed
}

func ExampleQueue_Prune() {
	q := mailbox.New[int](mailbox.Config{}, nil)
	for v := range 6 {
		_ = q.TryPut(v)
	}
	fmt.Println(q.Prune(func(v int) bool { return v%3 == 0 }), "removed")
	fmt.Println(q.Close())
	// Output:
	// 2 removed
	// [1 2 4 5]
}
