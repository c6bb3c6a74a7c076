// Package backlog hands lines of a log on to whoever may be slow, so that who
// writes them never waits.
package backlog

import "sync"

// Backlog is a bounded queue with a goroutine that hands on what is in it, and
// ends when nothing is. All methods may be called from any goroutine.
type Backlog[T any] struct {
	room int
	hand func(items []T, lost int)

	mu      sync.Mutex // protects the following
	items   []T
	used    int // of room
	lost    int
	running bool
	idle    chan struct{} // of the goroutine: closed when it ends
}

// New returns a queue of that room. hand gets the items in order, and how much
// was lost after them for want of room; it is called by one goroutine at a time.
func New[T any](room int, hand func(items []T, lost int)) *Backlog[T] {
	return &Backlog[T]{room: room, hand: hand}
}

// Add queues an item that takes size of the room; when there is not so much, it
// counts as loss of lost.
func (b *Backlog[T]) Add(item T, size, lost int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+size > b.room {
		b.lost += lost
	} else {
		b.items = append(b.items, item)
		b.used += size
	}
	if !b.running {
		b.running, b.idle = true, make(chan struct{})
		go b.run()
	}
}

func (b *Backlog[T]) run() {
	over := false
	defer func() {
		if !over { // hand has ended the goroutine
			go b.run()
		}
	}()
	for {
		b.mu.Lock()
		items, lost := b.items, b.lost
		b.items, b.used, b.lost = nil, 0, 0
		if len(items) == 0 && lost == 0 {
			b.running, over = false, true
			close(b.idle)
			b.mu.Unlock()
			return
		}
		b.mu.Unlock()
		b.hand(items, lost)
	}
}

// Drain waits until all is handed on, or limit is closed.
func (b *Backlog[T]) Drain(limit <-chan struct{}) {
	select {
	case <-b.Idle():
	case <-limit:
	}
}

// Idle returns a channel that is closed when all is handed on.
func (b *Backlog[T]) Idle() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.idle == nil {
		b.idle = make(chan struct{})
		close(b.idle)
	}
	return b.idle
}
