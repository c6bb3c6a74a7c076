package mailbox

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// putAsync starts a Put and returns when it has ended or is blocked.
func putAsync(ctx context.Context, q *Queue[int], v int) <-chan error {
	result := make(chan error, 1)
	go func() { result <- q.Put(ctx, v) }()
	synctest.Wait()
	return result
}

// takeAll takes what there is, without waiting.
func takeAll(q *Queue[int]) (all []int) {
	for v, err := q.Take(ended()); err == nil; v, err = q.Take(ended()) {
		all = append(all, v)
	}
	return all
}

// Guarantee(calls): Requests of one sender are handled in the order in which it sent them, across full queues and restarts.
func TestPromise1OrderOfOneSender(t *testing.T) {
	q := New[int](Config{Capacity: 4}, nil)
	var sender sync.WaitGroup
	sender.Go(func() {
		for v := range 1000 {
			assert.NoError(t, q.Put(t.Context(), v))
		}
	})
	for want := range 1000 {
		if want%7 == 0 {
			q.Suspend()
			runtime.Gosched()
			q.Resume()
		}
		v, err := q.Take(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, v)
	}
	sender.Wait()
}

// Guarantee(stop): An exit signal is never blocked, refused, dropped or delayed behind requests by a full queue.
func TestPromise2UrgentComesFirst(t *testing.T) {
	for _, policy := range []Overflow{Block, Reject, DropOldest} {
		t.Run(policy.String(), func(t *testing.T) {
			q, dropped := filled(t, policy, 2)
			var want []int
			for v := range 100 {
				require.NoError(t, q.PutUrgent(100+v))
				want = append(want, 100+v)
			}
			assert.Equal(t, append(want, 1, 2), takeAll(q))
			assert.Empty(t, *dropped)
		})
	}
}

func TestPromise3Bound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](Config{Capacity: 3}, nil)
		var results []<-chan error
		for v := range 10 {
			results = append(results, putAsync(t.Context(), q, v))
		}
		for taken := range 10 {
			synctest.Wait()
			assert.Equal(t, min(3, 10-taken), q.Len())
			_, err := q.Take(ended())
			require.NoError(t, err)
		}
		for _, result := range results {
			require.NoError(t, <-result)
		}
	})
}

// Guarantee(calls): Senders that wait for a full queue are admitted in the order in which they came; nobody overtakes them.
func TestPromise4BlockedSendersInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _ := filled(t, Block, 1)
		second := putAsync(t.Context(), q, 2)
		third := putAsync(t.Context(), q, 3)

		v, err := q.Take(ended())
		require.NoError(t, err)
		assert.Equal(t, 1, v)
		require.NoError(t, <-second)
		synctest.Wait()
		assert.Empty(t, third, "there was room for one")
		assert.Equal(t, ErrFull, q.TryPut(9), "the room belongs to who waited for it")
		assert.Equal(t, errGaveUp, q.Put(ended(), 9))

		assert.Equal(t, []int{2, 3}, takeAll(q))
		require.NoError(t, <-third)
	})
}

func TestPromise5EveryItemGoesOneWay(t *testing.T) {
	q, dropped := filled(t, DropOldest, 4) // 1…4
	require.NoError(t, q.TryPut(5))        // drops 1
	assert.Equal(t, 1, q.Prune(func(v int) bool { return v == 3 }))
	v, err := q.Take(ended())
	require.NoError(t, err)
	assert.Equal(t, []int{1}, *dropped)
	assert.Equal(t, 2, v)
	assert.Equal(t, []int{4, 5}, q.Close())
}

func TestPromise6AnErrorLeavesTheQueueAsItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _ := filled(t, Block, 2)
		first, giveUp := context.WithCancelCause(t.Context())
		gone := putAsync(first, q, 3)
		stays := putAsync(t.Context(), q, 4)
		giveUp(errGaveUp)
		assert.Equal(t, errGaveUp, <-gone)
		assert.Equal(t, ErrFull, q.TryPut(5))
		assert.Equal(t, []int{1, 2, 4}, takeAll(q))
		require.NoError(t, <-stays)
	})
}

// Guarantee(calls): Requests sent while an actor is being restarted wait, within the bound of its queue, and are handled in order by its next life.
func TestPromise7SuspendedQueueKeepsItsItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](Config{Capacity: 2}, nil)
		require.NoError(t, q.TryPut(1))
		q.Suspend()
		require.NoError(t, q.TryPut(2))
		require.NoError(t, q.PutUrgent(3))
		assert.Equal(t, ErrFull, q.TryPut(9))
		blocked := putAsync(t.Context(), q, 4)
		assert.Empty(t, takeAll(q), "nothing is taken, urgent or not")
		assert.Empty(t, blocked)
		q.Resume()
		assert.Equal(t, []int{3, 1, 2, 4}, takeAll(q))
		require.NoError(t, <-blocked)
	})
}

func TestPromise8CloseHandsBackTheRest(t *testing.T) {
	for _, suspended := range []bool{false, true} {
		name := map[bool]string{false: "open", true: "suspended"}[suspended]
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q, _ := filled(t, Block, 3)
				if suspended {
					q.Suspend()
				}
				require.NoError(t, q.PutUrgent(7))
				require.NoError(t, q.PutUrgent(8))
				blocked := putAsync(t.Context(), q, 4)
				assert.Equal(t, []int{7, 8, 1, 2, 3}, q.Close())
				assert.Equal(t, ErrClosed, <-blocked)
				q.Resume()
				assert.Empty(t, takeAll(q))
			})
		})
	}
	t.Run("takers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := New[int](Config{}, nil)
			result := make(chan error, 2)
			for range 2 {
				go func() {
					_, err := q.Take(t.Context())
					result <- err
				}()
			}
			synctest.Wait()
			assert.Nil(t, q.Close())
			assert.Equal(t, ErrClosed, <-result)
			assert.Equal(t, ErrClosed, <-result)
		})
	})
}

func TestPromise9OneWakeForEachChange(t *testing.T) {
	var q *Queue[int]
	var wakes []uint64
	q = NewScheduled[int](Config{}, nil, func(gen uint64) {
		wakes = append(wakes, gen)
		q.Len() // needs the lock
	})
	_, ok := q.Next(0)
	assert.False(t, ok, "nobody was woken yet")

	require.NoError(t, q.TryPut(1))
	require.NoError(t, q.TryPut(2))
	require.NoError(t, q.PutUrgent(3))
	assert.Equal(t, []uint64{0}, wakes)

	v, ok := q.Next(0)
	assert.True(t, ok)
	assert.Equal(t, 3, v)

	q.Suspend()
	_, ok = q.Next(0)
	assert.False(t, ok, "the role was taken away")
	_, ok = q.Next(1)
	assert.False(t, ok, "and given to nobody yet")
	require.NoError(t, q.TryPut(4))
	assert.Equal(t, []uint64{0}, wakes)

	q.Resume()
	q.Resume()
	assert.Equal(t, []uint64{0, 1}, wakes)
	_, ok = q.Next(0)
	assert.False(t, ok, "an old generation takes nothing, and does not make the new one idle")
	for _, want := range []int{1, 2, 4} {
		v, ok = q.Next(1)
		assert.True(t, ok)
		assert.Equal(t, want, v)
	}
	_, ok = q.Next(1)
	assert.False(t, ok)

	require.NoError(t, q.TryPut(5))
	assert.Equal(t, []uint64{0, 1, 1}, wakes)

	assert.Equal(t, []int{5}, q.Close())
	assert.Equal(t, ErrClosed, q.TryPut(6))
	assert.Len(t, wakes, 3)
}

func TestPromise9ResumeOfAnEmptyQueueWakesNobody(t *testing.T) {
	wakes := 0
	q := NewScheduled[int](Config{}, nil, func(uint64) { wakes++ })
	q.Suspend()
	q.Resume()
	assert.Zero(t, wakes)
	require.NoError(t, q.TryPut(1))
	assert.Equal(t, 1, wakes)
}

// Guarantee(memory): An actor with nothing to do holds almost no queue buffer, however long its queue once was.
func TestPromise10EmptyQueueHoldsNoBuffer(t *testing.T) {
	ways := []struct {
		name  string
		empty func(*Queue[*int])
	}{
		{"taken", func(q *Queue[*int]) {
			for q.Len() > 0 {
				_, err := q.Take(ended())
				require.NoError(t, err)
			}
		}},
		{"pruned", func(q *Queue[*int]) { q.Prune(func(*int) bool { return true }) }},
		{"closed", func(q *Queue[*int]) { q.Close() }},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			q := New[*int](Config{}, nil)
			assert.Empty(t, q.user.buf, "a new queue has none")
			for range 1000 {
				require.NoError(t, q.TryPut(new(int)))
			}
			require.GreaterOrEqual(t, len(q.user.buf), 1000)
			way.empty(q)
			assert.Empty(t, q.user.buf)
		})
	}
	t.Run("urgent", func(t *testing.T) {
		q := New[int](Config{}, nil)
		for v := range 1000 {
			require.NoError(t, q.PutUrgent(v))
		}
		assert.Len(t, takeAll(q), 1000)
		assert.Empty(t, q.urgent.buf)
	})
}

func TestPromise10TakenItemsAreNotKeptAlive(t *testing.T) {
	q := New[*[64]byte](Config{}, nil)
	require.NoError(t, q.TryPut(new([64]byte)))
	require.NoError(t, q.TryPut(new([64]byte)))
	taken := takeWeakly(t, q)
	runtime.GC()
	assert.Nil(t, taken.Value())
	assert.Equal(t, 1, q.Len()) // the queue itself is still alive here
}

// takeWeakly takes an item and keeps no reference to it.
func takeWeakly(t *testing.T, q *Queue[*[64]byte]) weak.Pointer[[64]byte] {
	v, err := q.Take(ended())
	require.NoError(t, err)
	return weak.Make(v)
}
