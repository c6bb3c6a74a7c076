package census

import (
	"slices"
	"sync"
	"time"
)

// Watch looks at the child processes about a thousand times a second, until it
// is stopped: whether there were ever more of them at once than asked for.
// What comes and goes between two looks is missed; nothing is counted that was
// not there.
type Watch struct {
	stop chan struct{}
	done chan struct{}

	mu   sync.Mutex // held while it looks; protects the following
	most int
	seen int
	last []int // of the look before
}

// NewWatch begins to look. Stop must be called.
func NewWatch() *Watch {
	w := &Watch{stop: make(chan struct{}), done: make(chan struct{}), most: Unknown}
	go w.run()
	return w
}

func (w *Watch) run() {
	defer close(w.done)
	pace := time.NewTicker(time.Millisecond)
	defer pace.Stop()
	for {
		w.look()
		select {
		case <-w.stop:
			return
		case <-pace.C:
		}
	}
}

// look reads the lists of children. They are one for each thread and are read
// one after the other, while a child ends and another begins; so only those
// count that are there in a second reading, too: all of them were at once.
func (w *Watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	first, ok := childIDs()
	if !ok {
		return
	}
	for _, id := range first {
		if !slices.Contains(w.last, id) {
			w.seen++
		}
	}
	w.last = first
	if len(first) <= w.most {
		return
	}
	second, ok := childIDs()
	if !ok {
		return
	}
	both := 0
	for _, id := range first {
		if slices.Contains(second, id) {
			both++
		}
	}
	w.most = max(w.most, both)
}

// Stop ends the watch. most is how many child processes there were at once, and
// seen how many different ones; [Unknown] and zero where the system does not tell.
func (w *Watch) Stop() (most, seen int) {
	close(w.stop)
	<-w.done
	return w.most, w.seen
}
