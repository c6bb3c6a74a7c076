package mailbox

// Prune removes the waiting user items for which dead is true, lets blocked
// senders into the room that this made, and returns how many it removed. The
// others keep their order. Urgent items are not looked at, nor are the items of
// senders that were blocked when Prune was called. Removed items are given to
// nobody: dead has seen them.
//
// dead runs under the queue's lock, once for each item, oldest first: it must
// be quick and must not use the queue. If it panics, the queue is as it was.
func (q *Queue[T]) Prune(dead func(T) bool) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.recall()
	var marked []bool // made at the first dead item: usually there is none
	removed := 0
	for i := range q.user.n {
		if !dead(q.user.at(i)) {
			continue
		}
		if marked == nil {
			marked = make([]bool, q.user.n)
		}
		marked[i] = true
		removed++
	}
	if removed > 0 {
		q.user.discard(marked)
		if q.user.block == nil {
			q.leased.Store(nil)
		}
		q.admit()
	}
	return removed
}
