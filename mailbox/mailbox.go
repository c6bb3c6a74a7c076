package mailbox

import (
	"context"
	"sync"
	"sync/atomic"
)

// Queue is a bounded first-in first-out queue of items of type T, with a second,
// unbounded lane for urgent ones. Queues are made by [New] and [NewScheduled];
// the zero value is not usable. All methods are safe for concurrent use.
//
// One mutex guards everything, because the bound, the lanes and the consumer's
// idle flag change together; lock-free queues were slower by the atomic
// operations that this takes, and need a node for each item. What is taken
// without the lock is leased: see block.
type Queue[T any] struct {
	dropped  func(T)          // never nil
	wake     func(gen uint64) // nil: the consumer uses Take
	capacity int
	overflow Overflow

	leased atomic.Pointer[block[T]] // the block of the last lease; written under the lock

	mu        sync.Mutex // protects following
	out       bool       // a lease is out; never while a sender is blocked or something urgent waits
	closed    bool
	suspended bool
	running   bool   // scheduled mode: the consumer was woken and has not yet seen the end
	gen       uint64 // scheduled mode: the generation that may call Next
	user      ring[T]
	urgent    ring[T]
	senders   line[T] // blocked Puts; not empty only while the user lane is full
	takers    line[T] // blocked Takes; not empty only while nothing is takeable
}

// New returns an empty queue whose consumer calls [Queue.Take].
//
// dropped is called for each item that [DropOldest] evicts, in the goroutine
// that evicted it and without the queue's lock; nil means that nobody needs to
// be told. It is used by no other policy.
func New[T any](cfg Config, dropped func(T)) *Queue[T] {
	if dropped == nil {
		dropped = func(T) {}
	}
	return &Queue[T]{dropped: dropped, capacity: cfg.limit(), overflow: cfg.Overflow}
}

// Put appends v to the user lane. On a full queue, [Block] waits until there is
// room or ctx ends, [Reject] returns [ErrFull], and [DropOldest] evicts.
//
// A nil error means that v was accepted. Any other means that the queue is as
// it was: [ErrFull], [ErrClosed] (also when the queue is closed during the
// wait), or [context.Cause] of ctx. ctx is looked at only where Put has to
// wait, so a put that finds room succeeds though its context has ended. A nil
// ctx never ends.
func (q *Queue[T]) Put(ctx context.Context, v T) error {
	if !q.mu.TryLock() {
		q.lockContended()
	}
	if q.closed || !q.hasRoom() {
		return q.putFull(ctx, v)
	}
	if q.out {
		q.prepare()
	}
	q.user.push(v)
	q.arrived()
	return nil
}

// TryPut appends v to the user lane without ever waiting. On a full queue it
// returns [ErrFull], but for [DropOldest], which evicts. After Close it returns
// [ErrClosed]. An error means that the queue is as it was.
func (q *Queue[T]) TryPut(v T) error {
	if !q.mu.TryLock() {
		q.lockContended()
	}
	switch {
	case q.closed:
		q.mu.Unlock()
		return ErrClosed
	case q.hasRoom():
		if q.out {
			q.prepare()
		}
		q.user.push(v)
		q.arrived()
		return nil
	case q.overflow == DropOldest:
		q.replaceOldest(v)
		return nil
	default:
		q.mu.Unlock()
		return ErrFull
	}
}

// PutUrgent appends v to the urgent lane, which comes before all user items. It
// is meant for the few signals that end an actor: it never waits, it does not
// count for the capacity, and its items are never evicted or pruned. The only
// error is [ErrClosed].
func (q *Queue[T]) PutUrgent(v T) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return ErrClosed
	}
	q.recall()
	q.urgent.push(v)
	q.arrived()
	return nil
}

// Len returns how many items wait in both lanes. The items of blocked senders
// are not in the queue yet and are not counted.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.settle()
	return q.user.n + q.urgent.n
}

// putFull is the rest of Put for a queue that is closed or full. It is called
// with the lock held and returns without it.
func (q *Queue[T]) putFull(ctx context.Context, v T) error {
	switch {
	case q.closed:
		q.mu.Unlock()
		return ErrClosed
	case q.overflow == Reject:
		q.mu.Unlock()
		return ErrFull
	case q.overflow == DropOldest:
		q.replaceOldest(v)
		return nil
	}
	q.recall()
	if q.user.n < q.capacity { // something was taken meanwhile
		q.push(v)
		q.arrived()
		return nil
	}
	w := q.senders.join(v)
	q.mu.Unlock()
	q.await(ctx, &q.senders, w)
	return w.err
}

// replaceOldest makes room for v by evicting the oldest user item. It is called
// with the lock held and returns without it.
func (q *Queue[T]) replaceOldest(v T) {
	q.recall()
	if q.user.n < q.capacity { // something was taken meanwhile
		q.push(v)
		q.arrived()
		return
	}
	old := q.user.pop()
	q.push(v)
	q.arrived()
	q.dropped(old)
}

// await returns when w was served, or ctx ended and w has left its line; w.err
// says which. It is called without the lock.
func (q *Queue[T]) await(ctx context.Context, in *line[T], w *waiter[T]) {
	var ended <-chan struct{}
	if ctx != nil {
		ended = ctx.Done()
	}
	select {
	case <-w.done:
		return
	case <-ended:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if w.served { // the hand-over came first: it stands
		return
	}
	in.leave(w)
	w.err = context.Cause(ctx)
}

// arrived tells the consumer about an item that was just pushed. It is called
// with the lock held and returns without it, so that wake runs outside.
func (q *Queue[T]) arrived() {
	switch {
	case q.running || q.suspended:
		q.mu.Unlock()
	case q.wake != nil:
		q.running = true
		gen := q.gen
		q.mu.Unlock()
		q.wake(gen)
	default:
		q.serveTakers()
		q.mu.Unlock()
	}
}

// next removes the item whose turn it is, and lets a blocked sender in where
// that made room. ok is false when both lanes are empty. The lock is held and
// no lease is out.
func (q *Queue[T]) next() (v T, ok bool) {
	switch {
	case q.urgent.n > 0:
		return q.urgent.pop(), true
	case q.user.n > 0:
		v = q.user.pop()
		if q.senders.first != nil {
			q.admit()
		}
		return v, true
	}
	return v, false
}

// admit lets blocked senders in, the first first, while there is room. Their
// items are put in by whoever made the room: were the senders only told to try
// again, a newcomer could overtake them for ever. The lock is held.
func (q *Queue[T]) admit() {
	for q.user.n < q.capacity && q.senders.first != nil {
		w := q.senders.first
		q.senders.leave(w)
		q.push(w.value)
		w.serve(nil)
	}
}
