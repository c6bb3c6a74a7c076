package mailbox

import "context"

// Take removes and returns the item whose turn it is: the oldest urgent one,
// otherwise the oldest user item. While there is none, or the queue is suspended, it
// waits until ctx ends and then returns [context.Cause] of ctx, having taken
// nothing. After Close it returns [ErrClosed]. ctx is looked at only where Take
// has to wait.
//
// Several goroutines may wait in Take; they are served in the order in which
// they came. Take is for queues made by [New].
func (q *Queue[T]) Take(ctx context.Context) (T, error) {
	var zero T
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return zero, ErrClosed
	}
	q.recall()
	if !q.suspended {
		if v, ok := q.next(); ok {
			q.mu.Unlock()
			return v, nil
		}
	}
	w := q.takers.join(zero)
	q.mu.Unlock()
	q.await(ctx, &q.takers, w)
	return w.value, w.err
}

// serveTakers hands items to blocked takers, the first first. The lock is held.
func (q *Queue[T]) serveTakers() {
	for q.takers.first != nil {
		v, ok := q.next()
		if !ok {
			return
		}
		w := q.takers.first
		q.takers.leave(w)
		w.value = v
		w.serve(nil)
	}
}
