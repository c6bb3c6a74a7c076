package mailbox

// NewScheduled returns an empty queue that keeps account of whether its one
// consumer is idle or running, and whose consumer calls [Queue.Next]. The
// consumer is idle at first.
//
// When there is something to take while the consumer is idle (after a put, or
// after [Queue.Resume]), the consumer counts as running and wake is called once,
// without the lock, in the goroutine that caused it. wake must see to it, soon
// and in whatever goroutine, that Next(gen) is called until it returns false:
// that made the consumer idle again, and only then may wake be called again.
// wake should be quick, for a sender waits for it.
//
// gen is the consumer's generation; each [Queue.Suspend] begins another. A wake
// may be overtaken: one with an old gen may come after one with a newer, and is
// harmless, because Next then returns false.
//
// dropped is as in [New]. A nil wake makes a queue as New does.
func NewScheduled[T any](cfg Config, dropped func(T), wake func(gen uint64)) *Queue[T] {
	q := New(cfg, dropped)
	q.wake = wake
	return q
}

// Next removes and returns the item whose turn it is: the oldest urgent one,
// otherwise the oldest user item. It never waits.
//
// ok false means that the caller must stop, and not call again until woken:
// nothing was left, and the consumer is now idle; or gen is not the generation
// that was woken last, which changes nothing. Only one goroutine at a time may
// be the consumer of a generation. On a queue made by [New] it is always false.
func (q *Queue[T]) Next(gen uint64) (v T, ok bool) {
	if b := q.leased.Load(); b != nil && b.gen == gen {
		if v, ok = b.take(); ok {
			return v, true
		}
	}
	if !q.mu.TryLock() {
		q.lockContended()
	}
	if gen == q.gen && q.running {
		if q.user.block == nil {
			v, ok = q.next()
		} else {
			v, ok = q.nextAndLease()
		}
		q.running = ok
	}
	q.mu.Unlock()
	return v, ok
}
