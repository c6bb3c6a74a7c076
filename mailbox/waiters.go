package mailbox

// waiter is one goroutine that waits: a sender that brings a value, or a taker
// that is brought one. All fields but done are protected by the queue's mutex
// until done is closed; after that they belong to the waiting goroutine.
type waiter[T any] struct {
	prev, next *waiter[T]

	value  T
	err    error
	served bool          // the wait is over: value was handed over, or err says why not
	done   chan struct{} // closed when served
}

// serve ends the wait of w, which is in no line any more.
func (w *waiter[T]) serve(err error) {
	w.err = err
	w.served = true
	close(w.done)
}

// line is a first-in first-out line of waiters, out of whose middle one may
// leave. The zero value is empty. It is not safe for concurrent use.
type line[T any] struct {
	first, last *waiter[T]
}

// join puts a new waiter at the end of the line.
func (l *line[T]) join(v T) *waiter[T] {
	w := &waiter[T]{value: v, done: make(chan struct{}), prev: l.last}
	if l.last == nil {
		l.first = w
	} else {
		l.last.next = w
	}
	l.last = w
	return w
}

// leave takes w, which must be in the line, out of it.
func (l *line[T]) leave(w *waiter[T]) {
	if w.prev == nil {
		l.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		l.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next = nil, nil
}

// serveAll ends the wait of everybody in the line, with err.
func (l *line[T]) serveAll(err error) {
	for w := l.first; w != nil; w = l.first {
		l.leave(w)
		w.serve(err)
	}
}
