package mailbox

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leasing returns a scheduled queue of the given capacity with the items 1…n,
// of which a consumer of generation 0 has taken the first and leased the rest.
func leasing(t *testing.T, cfg Config, n int) *Queue[int] {
	t.Helper()
	q := NewScheduled[int](cfg, nil, func(uint64) {})
	for v := range n {
		require.NoError(t, q.TryPut(v+1))
	}
	v, ok := q.Next(0)
	require.True(t, ok)
	require.Equal(t, 1, v)
	require.True(t, q.out, "a lease is out")
	return q
}

// nextAll takes what there is.
func nextAll(q *Queue[int], gen uint64) (all []int) {
	for v, ok := q.Next(gen); ok; v, ok = q.Next(gen) {
		all = append(all, v)
	}
	return all
}

func upTo(from, to int) (all []int) {
	for v := from; v <= to; v++ {
		all = append(all, v)
	}
	return all
}

func TestLeaseIsTakenWithoutTheLock(t *testing.T) {
	q := leasing(t, Config{Capacity: 64}, 40)
	q.mu.Lock()
	for want := 2; want < 40; want++ {
		v, ok := q.Next(0) // would never return if it needed the lock
		require.True(t, ok)
		require.Equal(t, want, v)
	}
	q.mu.Unlock()
	assert.Equal(t, 1, q.Len())
	assert.Equal(t, []int{40}, nextAll(q, 0))
	assert.Nil(t, q.leased.Load(), "an empty queue refers to no block")
}

func TestNoLease(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, q *Queue[int])
		items   int
	}{
		{"for a small buffer", func(*testing.T, *Queue[int]) {}, keepSlots},
		{"while something urgent waits", func(t *testing.T, q *Queue[int]) {
			require.NoError(t, q.PutUrgent(100))
			require.NoError(t, q.PutUrgent(101))
		}, 40},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := NewScheduled[int](Config{}, nil, func(uint64) {})
			for v := range tt.items {
				require.NoError(t, q.TryPut(v))
			}
			tt.prepare(t, q)
			_, ok := q.Next(0)
			require.True(t, ok)
			assert.False(t, q.out)
		})
	}
}

func TestRecall(t *testing.T) {
	const n, capacity = 40, 64
	tests := []struct {
		name string
		do   func(t *testing.T, q *Queue[int]) (gen uint64)
		want []int // what is taken after 1, 2 and 3
	}{
		{"PutUrgent", func(t *testing.T, q *Queue[int]) uint64 {
			require.NoError(t, q.PutUrgent(100))
			return 0
		}, append([]int{100}, upTo(4, n)...)},
		{"Suspend", func(_ *testing.T, q *Queue[int]) uint64 {
			q.Suspend()
			assert.Empty(t, nextAll(q, 0), "the role was taken away")
			q.Resume()
			return 1
		}, upTo(4, n)},
		{"Prune", func(t *testing.T, q *Queue[int]) uint64 {
			assert.Equal(t, n-10-3, q.Prune(func(v int) bool { return v <= n-10 }))
			return 0
		}, upTo(n-9, n)},
		{"Prune of everything", func(t *testing.T, q *Queue[int]) uint64 {
			assert.Equal(t, n-3, q.Prune(func(int) bool { return true }))
			return 0
		}, nil},
		{"growth", func(t *testing.T, q *Queue[int]) uint64 {
			for v := n + 1; q.Len() < capacity; v++ {
				require.NoError(t, q.TryPut(v))
			}
			assert.Equal(t, ErrFull, q.TryPut(0))
			return 0
		}, upTo(4, capacity+3)},
		{"a full queue", func(t *testing.T, q *Queue[int]) uint64 {
			for v := n + 1; q.Len() < capacity; v++ {
				require.NoError(t, q.TryPut(v))
			}
			assert.Equal(t, errGaveUp, q.Put(ended(), 0))
			return 0
		}, upTo(4, capacity+3)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := leasing(t, Config{Capacity: capacity}, n)
			for want := 2; want <= 3; want++ {
				v, ok := q.Next(0)
				require.True(t, ok)
				require.Equal(t, want, v)
			}
			gen := tt.do(t, q)
			assert.Equal(t, tt.want, nextAll(q, gen))
		})
	}
	t.Run("Close", func(t *testing.T) {
		q := leasing(t, Config{Capacity: capacity}, n)
		assert.Equal(t, upTo(2, n), q.Close())
		assert.Empty(t, nextAll(q, 0))
	})
	t.Run("DropOldest", func(t *testing.T) {
		q := leasing(t, Config{Capacity: n, Overflow: DropOldest}, n)
		for v := n + 1; v <= n+11; v++ { // one of them finds room
			require.NoError(t, q.TryPut(v))
		}
		assert.Equal(t, upTo(12, n+11), nextAll(q, 0))
	})
}

// A consumer may stop for any time between taking an item and reading it.
func TestSlotOfASlowConsumerIsNotWrittenTo(t *testing.T) {
	const n, capacity = 40, 64
	fill := func(q *Queue[int]) {
		v := 1000
		for q.TryPut(v) == nil && v < 1000+4*capacity {
			v++
		}
	}
	tests := []struct {
		name   string
		policy Overflow
		do     func(q *Queue[int])
	}{
		{"full", Block, fill},
		{"evictions", DropOldest, fill},
		{"urgent, then full", Block, func(q *Queue[int]) { _ = q.PutUrgent(1); fill(q) }},
		{"pruned, then full", Block, func(q *Queue[int]) { q.Prune(odd); fill(q) }},
		{"all pruned, then full", Block, func(q *Queue[int]) { q.Prune(func(int) bool { return true }); fill(q) }},
		{"next life", Block, func(q *Queue[int]) {
			q.Suspend()
			q.Resume()
			for range 5 {
				nextAll(q, 1)
				fill(q)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := leasing(t, Config{Capacity: capacity, Overflow: tt.policy}, n)
			b := q.leased.Load()
			slot := &b.slots[b.start]
			require.Equal(t, 2, *slot)
			require.True(t, b.taken.CompareAndSwap(0, 1)) // and no further
			tt.do(q)
			assert.Equal(t, 2, *slot)
			if tt.policy == Block {
				assert.LessOrEqual(t, q.Len(), capacity+1) // and one that is urgent
			}
		})
	}
}

func TestBufferIsTakenBack(t *testing.T) {
	var r ring[int]
	for range 3 {
		for v := range 100 {
			r.push(v)
		}
		b := r.block
		for range 100 {
			r.pop()
		}
		assert.Empty(t, r.buf)
		for v := range keepSlots + 1 {
			r.push(v)
		}
		assert.Same(t, b, r.block, "before the garbage collector has come by")
		for range keepSlots + 1 {
			r.pop()
		}
		runtime.KeepAlive(b)
	}
	runtime.GC()
	runtime.GC()
	assert.Nil(t, r.spare.Value(), "an empty ring keeps no large buffer")
}

// Senders, a consumer with leases, and all that recalls them.
func TestManySendersWithLeases(t *testing.T) {
	for _, policy := range []Overflow{Block, Reject, DropOldest} {
		t.Run(policy.String(), func(t *testing.T) {
			const capacity = 100
			var (
				l         = newLedger()
				q         *Queue[stamped]
				consumers sync.WaitGroup
				urgent    = stamped{-1, 0}
			)
			q = NewScheduled(Config{Capacity: capacity, Overflow: policy}, l.drop, func(gen uint64) {
				consumers.Go(func() {
					// A consumer whose role was taken away may be slower to note than
					// its successor: notes are only ordered within a life.
					var taken []stamped
					for v, ok := q.Next(gen); ok; v, ok = q.Next(gen) {
						if v != urgent {
							taken = append(taken, v)
						}
					}
					last := map[int]int{}
					l.mu.Lock()
					defer l.mu.Unlock()
					for _, v := range taken {
						if before, ok := last[v.sender]; ok && before >= v.seq {
							assert.Fail(t, "out of order")
						}
						last[v.sender] = v.seq
						l.taken = append(l.taken, v)
					}
				})
			})
			stop := make(chan struct{})
			var others, senders sync.WaitGroup
			disturb := func(f func(i int)) {
				others.Go(func() {
					for i := 0; ; i++ {
						select {
						case <-stop:
							return
						default:
							f(i)
							runtime.Gosched()
						}
					}
				})
			}
			disturb(func(i int) {
				if i%50 == 0 {
					q.Suspend()
					runtime.Gosched()
					q.Resume()
				}
			})
			disturb(func(i int) {
				switch i % 30 {
				case 0:
					_ = q.PutUrgent(urgent)
				case 10:
					assert.Zero(t, q.Prune(func(stamped) bool { return false }))
				default:
					q.Len()
				}
			})
			for sender := range stressSenders {
				senders.Go(func() { l.send(context.Background(), q, sender) })
			}
			senders.Wait()
			close(stop)
			others.Wait()
			rest := q.Close()
			consumers.Wait()
			seen := map[stamped]int{}
			for _, v := range append(l.taken, rest...) {
				if v != urgent {
					seen[v]++
				}
			}
			for v, accepted := range l.accepted {
				want := 0
				if accepted {
					want = 1
				}
				require.Equal(t, want, seen[v]+l.dropped[v], "item %+v", v)
			}
		})
	}
}

func TestNoLeaseWhileSendersAreBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const capacity = 40
		q := NewScheduled[int](Config{Capacity: capacity}, nil, func(uint64) {})
		for v := range capacity {
			require.NoError(t, q.TryPut(v))
		}
		first, second := putAsync(t.Context(), q, 100), putAsync(t.Context(), q, 101)
		for _, blocked := range []<-chan error{first, second} {
			require.Empty(t, blocked)
			_, ok := q.Next(0)
			require.True(t, ok)
			require.NoError(t, <-blocked, "let in with the item that was taken")
		}
		assert.True(t, q.out)
	})
}
