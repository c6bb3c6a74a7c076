package mailbox

import (
	"context"
	"sync"
	"testing"
)

// message has the size of what an actor's envelope is: a request and a pointer
// to the slot of its reply.
type message struct {
	_ int
	_ *int
}

// BenchmarkPair is one uncontended Put and the Next that takes it, which is
// what a message costs when nobody else is about.
func BenchmarkPair(b *testing.B) {
	q := NewScheduled[message](Config{}, nil, func(uint64) {})
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if q.Put(ctx, message{}) != nil {
			b.Fatal("put refused")
		}
		if _, ok := q.Next(0); !ok {
			b.Fatal("nothing to take")
		}
	}
}

// BenchmarkTake is the same for a queue whose consumer calls Take.
func BenchmarkTake(b *testing.B) {
	q := New[message](Config{}, nil)
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if q.Put(ctx, message{}) != nil {
			b.Fatal("put refused")
		}
		if _, err := q.Take(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBurst fills a queue and empties it: what a buffer that an empty
// queue lets go costs the next burst, per item.
func BenchmarkBurst(b *testing.B) {
	for _, size := range []int{16, 20, 1000} {
		b.Run(sizeName(size), func(b *testing.B) {
			q := NewScheduled[message](Config{}, nil, func(uint64) {})
			b.ReportAllocs()
			waiting := 0
			for b.Loop() {
				if q.TryPut(message{}) != nil {
					b.Fatal("put refused")
				}
				if waiting++; waiting < size {
					continue
				}
				for ; waiting > 0; waiting-- {
					q.Next(0)
				}
			}
		})
	}
}

func sizeName(n int) string {
	return map[int]string{16: "16 items", 20: "20 items", 1000: "1000 items"}[n]
}

// BenchmarkTell has senders that do nothing but send, and a consumer that gets
// a goroutine of its own each time it is woken.
func BenchmarkTell(b *testing.B) {
	b.Run("1 sender", func(b *testing.B) { benchmarkTell(b, 1) })
	b.Run("8 senders", func(b *testing.B) { benchmarkTell(b, 8) })
}

func benchmarkTell(b *testing.B, senders int) {
	var (
		q     *Queue[message]
		drain = func(gen uint64) {
			for ok := true; ok; {
				_, ok = q.Next(gen)
			}
		}
		ctx  = context.Background()
		work = make(chan struct{}, senders)
		done sync.WaitGroup
	)
	q = NewScheduled[message](Config{}, nil, func(gen uint64) { go drain(gen) })
	const batch = 512 // the benchmark's own channel must not be what is measured
	for range senders {
		done.Go(func() {
			for range work {
				for range batch {
					if q.Put(ctx, message{}) != nil {
						b.Error("put refused")
					}
				}
			}
		})
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n++; n%batch == 0 {
			work <- struct{}{}
		}
	}
	close(work)
	done.Wait()
}
