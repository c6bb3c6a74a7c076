package mailbox

// lease gives the consumer, which is in Next, what waits in the user lane to
// take without the lock, but for the last item: taking that may leave a buffer
// to let go. There is none for small buffers, for they are kept; while a sender
// is blocked, which must be let in with each item that is taken; nor while
// something urgent waits. The lock is held and no lease is out.
func (q *Queue[T]) lease() {
	b := q.user.block
	if b == nil || q.user.n < leaseMin || q.urgent.n > 0 || q.senders.first != nil {
		return
	}
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

// forget drops the queue's reference to a block that the user lane has let go.
// The lock is held and no lease is out.
func (q *Queue[T]) forget() {
	if b := q.leased.Load(); b != nil && b != q.user.block {
		q.leased.Store(nil)
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
	if q.out && q.user.full() {
		q.settle()
		if q.user.full() {
			q.recall() // the buffer is about to be replaced
		}
	}
	q.user.push(v)
}
