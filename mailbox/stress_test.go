package mailbox

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stamped is an item that says who sent it and as how manieth.
type stamped struct{ sender, seq int }

const (
	stressSenders = 8
	stressItems   = 2000
)

// ledger is what became of every item.
type ledger struct {
	mu       sync.Mutex
	taken    []stamped // in the order of taking
	dropped  map[stamped]int
	accepted map[stamped]bool
}

func newLedger() *ledger {
	return &ledger{dropped: map[stamped]int{}, accepted: map[stamped]bool{}}
}

func (l *ledger) take(v stamped) { l.mu.Lock(); l.taken = append(l.taken, v); l.mu.Unlock() }
func (l *ledger) drop(v stamped) { l.mu.Lock(); l.dropped[v]++; l.mu.Unlock() }

// send is one sender's work: every item by Put, some with TryPut first.
func (l *ledger) send(ctx context.Context, q *Queue[stamped], sender int) {
	for seq := range stressItems {
		v := stamped{sender, seq}
		err := ErrFull
		if seq%3 == 0 {
			err = q.TryPut(v)
		}
		if errors.Is(err, ErrFull) {
			err = q.Put(ctx, v)
		}
		l.mu.Lock()
		l.accepted[v] = err == nil
		l.mu.Unlock()
	}
}

// check holds the accounts against each other: what was accepted went one way,
// what was refused went none, and each sender's items came in order.
func (l *ledger) check(t *testing.T, rest []stamped) {
	t.Helper()
	seen := map[stamped]int{}
	last := map[int]int{}
	for _, v := range append(l.taken, rest...) {
		seen[v]++
		if before, ok := last[v.sender]; ok && before >= v.seq {
			require.Fail(t, "out of order", "sender %d: %d after %d", v.sender, v.seq, before)
		}
		last[v.sender] = v.seq
	}
	require.Len(t, l.accepted, stressSenders*stressItems)
	for v, accepted := range l.accepted {
		want := 0
		if accepted {
			want = 1
		}
		require.Equal(t, want, seen[v]+l.dropped[v], "item %+v", v)
	}
}

// watchBound looks at the queue until stop is closed and returns the most user
// items it has seen in it.
func watchBound(q *Queue[stamped], stop <-chan struct{}) (most int) {
	for {
		select {
		case <-stop:
			return most
		default:
			q.mu.Lock()
			most = max(most, q.user.n)
			q.mu.Unlock()
			runtime.Gosched()
		}
	}
}

func TestManySendersScheduled(t *testing.T) {
	for _, policy := range []Overflow{Block, Reject, DropOldest} {
		t.Run(policy.String(), func(t *testing.T) {
			const capacity = 16
			var (
				l         = newLedger()
				q         *Queue[stamped]
				consumers sync.WaitGroup
				inside    atomic.Int64 // consumers of the current generation at work
			)
			q = NewScheduled(Config{Capacity: capacity, Overflow: policy}, l.drop, func(gen uint64) {
				consumers.Go(func() {
					for {
						// Taking and noting must be one step here: a consumer whose role
						// was taken away may be slower to note than its successor.
						l.mu.Lock()
						v, ok := q.Next(gen)
						if ok {
							l.taken = append(l.taken, v)
						}
						l.mu.Unlock()
						if !ok {
							return
						}
						inside.Add(1)
					}
				})
			})
			stop := make(chan struct{})
			var watchers, senders sync.WaitGroup
			most := 0
			watchers.Go(func() { most = watchBound(q, stop) })
			watchers.Go(func() { // an actor that is restarted all the time
				for {
					select {
					case <-stop:
						return
					default:
						q.Suspend()
						runtime.Gosched()
						q.Resume()
						runtime.Gosched()
					}
				}
			})
			for sender := range stressSenders {
				senders.Go(func() { l.send(context.Background(), q, sender) })
			}
			senders.Wait()
			for inside.Load() == 0 && q.Len() > 0 { // on a busy machine no consumer may have begun
				runtime.Gosched()
			}
			close(stop)
			watchers.Wait()
			rest := q.Close()
			consumers.Wait()
			l.check(t, rest)
			assert.LessOrEqual(t, most, capacity)
			assert.Positive(t, inside.Load())
		})
	}
}

func TestManySendersTake(t *testing.T) {
	l := newLedger()
	q := New(Config{Capacity: 8}, l.drop)
	var senders, taker sync.WaitGroup
	for sender := range stressSenders {
		senders.Go(func() { l.send(context.Background(), q, sender) })
	}
	taker.Go(func() {
		for {
			v, err := q.Take(context.Background())
			if err != nil {
				assert.Equal(t, ErrClosed, err)
				return
			}
			l.take(v)
		}
	})
	senders.Wait()
	rest := q.Close()
	taker.Wait()
	l.check(t, rest)
}

// Closing in the middle: whoever was sending learns what became of its item.
func TestManySendersClose(t *testing.T) {
	l := newLedger()
	q := New(Config{Capacity: 8}, l.drop)
	var senders sync.WaitGroup
	for sender := range stressSenders {
		senders.Go(func() { l.send(context.Background(), q, sender) })
	}
	for range stressItems {
		v, err := q.Take(context.Background())
		require.NoError(t, err)
		l.take(v)
	}
	rest := q.Close()
	senders.Wait()
	l.check(t, rest)
}

// Contexts that end while their senders are being let in: both outcomes are
// right, but the queue and the sender must agree on one.
func TestManySendersGiveUp(t *testing.T) {
	l := newLedger()
	q := New(Config{Capacity: 2}, l.drop)
	var senders, taker sync.WaitGroup
	for sender := range stressSenders {
		senders.Go(func() {
			for seq := range stressItems {
				ctx, cancel := context.WithCancelCause(context.Background())
				go cancel(errGaveUp)
				v := stamped{sender, seq}
				err := q.Put(ctx, v)
				if err != nil {
					assert.Equal(t, errGaveUp, err)
				}
				l.mu.Lock()
				l.accepted[v] = err == nil
				l.mu.Unlock()
				cancel(nil)
			}
		})
	}
	taker.Go(func() {
		for v, err := q.Take(context.Background()); err == nil; v, err = q.Take(context.Background()) {
			l.take(v)
		}
	})
	senders.Wait()
	rest := q.Close()
	taker.Wait()
	l.check(t, rest)
}
