// Package backlog hands lines of a log on to whoever may be slow, so that who
// writes them never waits.
package backlog

import (
	"iter"
	"sync"
)

// Backlog is a bounded queue with a goroutine that hands on what is in it, and
// ends when nothing is. All methods may be called from any goroutine.
type Backlog[T any] struct {
	room int
	hand func(items iter.Seq[T], lost int)

	mu      sync.Mutex // protects the following
	items   []entry[T]
	used    int // of room: by the items, and by the one that is being handed on
	lost    int
	running bool
	idle    chan struct{} // of the goroutine: closed when it ends
}

type entry[T any] struct {
	item T
	size int
}

// New returns a queue of that room. hand gets the items in order, and how much
// was lost after them for want of room; it is called by one goroutine at a time.
// An item has its room until hand asks for the next, or returns; one that hand
// did not ask for stays.
func New[T any](room int, hand func(items iter.Seq[T], lost int)) *Backlog[T] {
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
		b.items = append(b.items, entry[T]{item, size})
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
		count, lost := len(b.items), b.lost
		b.lost = 0
		if count == 0 && lost == 0 {
			b.running, over = false, true
			close(b.idle)
			b.mu.Unlock()
			return
		}
		b.mu.Unlock()
		b.hand(b.first(count), lost)
	}
}

// first takes that many items out, one after the other.
func (b *Backlog[T]) first(count int) iter.Seq[T] {
	return func(yield func(T) bool) {
		for range count {
			if !b.handOne(yield) {
				return
			}
		}
	}
}

func (b *Backlog[T]) handOne(yield func(T) bool) bool {
	b.mu.Lock()
	e := b.items[0]
	b.items[0] = entry[T]{}
	if b.items = b.items[1:]; len(b.items) == 0 {
		b.items = nil // the next ones do not grow what these had
	}
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		b.used -= e.size
		b.mu.Unlock()
	}()
	return yield(e.item)
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
