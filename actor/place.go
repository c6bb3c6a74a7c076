package actor

import (
	"container/list"
	"sync"
)

// place is a path's entry in the registry: it joins what outlives a life, the
// cell, with the life that fills it now.
type place struct {
	sys  *System
	path string
	cell Cell
	top  *list.Element // in the System's list, if it was spawned there; protected by its mutex

	mu       sync.Mutex            // protects the following; held while the cell is told
	life     *Life                 // starting or live; nil when held or gone
	told     bool                  // the cell has had a life
	released error                 // set when no next life is to come
	gone     bool                  // for good: a later life of the path has a place of its own
	waiting  map[*watcher]struct{} // watches for the next life
}

// filled tells the cell of its life, unless that has ended meanwhile.
func (p *place) filled(l *Life) {
	p.mu.Lock()
	if p.life != l {
		p.mu.Unlock()
		return
	}
	p.told = true
	p.cell.Live(l)
	waiting := p.waiting
	p.waiting = nil
	p.mu.Unlock()
	for w := range waiting {
		if !l.watch(w) {
			w.deliver(Down{PID: l.pid, Reason: l.Reason()})
		}
	}
}

// emptied makes the cell held or, when no next life can come, gone.
func (p *place) emptied(l *Life) {
	p.mu.Lock()
	if p.life != l {
		p.mu.Unlock()
		return
	}
	p.life = nil
	switch {
	case l.slot == nil:
		p.end(l.Reason())
	case p.released != nil:
		p.end(p.released)
	default:
		if l.lived {
			p.cell.Held()
		}
		p.mu.Unlock()
	}
}

// release says that no next life will come, or none until somebody asks.
func (p *place) release(reason error) {
	if reason == nil {
		reason = ErrNoActor
	}
	p.mu.Lock()
	if p.gone || p.life != nil {
		p.released = reason
		p.mu.Unlock()
		return
	}
	p.end(reason)
}

// end tells cell and watchers that no life will come, and takes the place out
// of the registry. It is called with the lock held, so that no life can begin
// in a place that ends, and returns without it.
func (p *place) end(reason error) {
	p.gone = true
	p.cell.Gone(reason)
	waiting := p.waiting
	p.waiting = nil
	p.mu.Unlock()
	p.sys.forget(p)
	for w := range waiting {
		w.deliver(Down{PID: PID{Name: p.path}, Reason: ErrNoActor})
	}
}

// pid returns the life that fills the place now.
func (p *place) pid() (PID, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.life == nil {
		return PID{}, false
	}
	return p.life.pid, true
}

// watch attaches w to the life in the place, or to the next one.
func (p *place) watch(w *watcher) (forget func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.life; l != nil && l.watch(w) {
		return func() { l.unwatch(w) }
	}
	if p.gone {
		w.deliver(Down{PID: PID{Name: p.path}, Reason: ErrNoActor})
		return func() {}
	}
	if p.waiting == nil {
		p.waiting = make(map[*watcher]struct{})
	}
	p.waiting[w] = struct{}{}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.waiting, w)
	}
}
