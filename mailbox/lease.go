package mailbox

// nextAndLease is next for a consumer that calls Next, of a user lane with a
// large buffer, and gives it a lease on what waits there but for the last item:
// taking that may leave a buffer to let go. There is no lease while a sender is
// blocked, which must be let in with each item that is taken, nor while
// something urgent waits. The lock is held.
func (q *Queue[T]) nextAndLease() (v T, ok bool) {
	q.recall()
	q.user.held = 0 // the consumer is here, so it is in no slot
	v, ok = q.next()
	if q.user.block == nil {
		q.leased.Store(nil)
		return v, ok
	}
	if q.user.n >= leaseMin && q.urgent.n == 0 && q.senders.first == nil {
		q.lease()
	}
	return v, ok
}

// lease gives the consumer a lease. The lock is held and no lease is out.
func (q *Queue[T]) lease() {
	b := q.user.block
	if q.leased.Load() != b {
		if b.gen != q.gen { // nobody has seen it yet
			b.gen = q.gen
		}
		q.leased.Store(b)
	}
	b.start, b.limit, b.settled = q.user.head, q.user.n-1, 0
	b.taken.Store(0)
	q.out = true
}

// settle has the user lane know what was taken of a lease that is out. The lock
// is held.
func (q *Queue[T]) settle() {
	if !q.out {
		return
	}
	b := q.leased.Load()
	q.account(b, int(b.taken.Load()))
}

// recall ends a lease that is out: the consumer's next take needs the lock. The
// lock is held.
func (q *Queue[T]) recall() {
	if !q.out {
		return
	}
	b := q.leased.Load()
	q.account(b, int(b.taken.Swap(recalled)))
	q.out = false
}

// account tells the user lane that taken items of the lease were taken.
func (q *Queue[T]) account(b *block[T], taken int) {
	if more := taken - b.settled; more > 0 {
		q.user.skip(more)
		b.settled = taken
	}
}

// hasRoom reports whether the user lane has room for an item. The lock is held.
func (q *Queue[T]) hasRoom() bool {
	if q.user.n < q.capacity {
		return true
	}
	q.settle()
	return q.user.n < q.capacity
}

// push appends v to the user lane, which has room. The lock is held.
func (q *Queue[T]) push(v T) {
	if q.out {
		q.prepare()
	}
	q.user.push(v)
}

// prepare makes the user lane ready for one more item. The lock is held.
func (q *Queue[T]) prepare() {
	if q.user.full() {
		q.settle()
	}
	if q.user.full() {
		q.recall() // the buffer is about to be replaced
	}
}
