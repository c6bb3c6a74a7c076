package mailbox

// Suspend stops the flow out of the queue: until [Queue.Resume], nothing can be
// taken, urgent items included, while puts go on as before, up to the capacity.
// It is for the time in which no incarnation of an actor runs.
//
// In a scheduled queue it also takes the consumer's role away: the consumer
// counts as idle, and [Queue.Next] returns false to every generation there was,
// from the moment Suspend returns. What was taken before stays with its taker.
// Each call begins a generation. It has no effect after Close.
func (q *Queue[T]) Suspend() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.recall()
	q.user.renew()
	q.leased.Store(nil)
	q.suspended = true
	q.running = false
	q.gen++
}

// Resume ends a suspension. If something waits, the consumer is told: goroutines
// blocked in [Queue.Take] are served, or wake is called, with the generation
// that Suspend began. It has no effect on a queue that is not suspended, and
// none after Close.
func (q *Queue[T]) Resume() {
	q.mu.Lock()
	q.suspended = false
	if q.user.n+q.urgent.n == 0 { // as it is after Close
		q.mu.Unlock()
		return
	}
	q.arrived()
}

// Close ends the queue's life and returns the items that were never taken,
// urgent ones first, each lane in its order, so that each of their callers can
// be answered. It is nil when there were none, and on every later call.
//
// All who are blocked in Put and Take return [ErrClosed], and so do all later
// calls. The items of blocked senders are not in rest: their Put says that they
// were not accepted. Next returns false from now on, and wake is not called
// again (a call that is under way may still be running).
func (q *Queue[T]) Close() (rest []T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil
	}
	q.recall()
	q.leased.Store(nil)
	q.closed = true
	q.running = false
	if n := q.urgent.n + q.user.n; n > 0 {
		rest = make([]T, 0, n)
	}
	rest = q.user.appendTo(q.urgent.appendTo(rest))
	q.senders.serveAll(ErrClosed)
	q.takers.serveAll(ErrClosed)
	return rest
}
