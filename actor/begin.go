package actor

import (
	"fmt"
	"strings"
)

// Spawner is where an actor can be started: a [System], or a [Slot] of a
// supervisor or pool. The interface is sealed.
type Spawner interface {
	// spawner resolves a name to a path; the slot is nil for the System.
	spawner(name string) (sys *System, slot *Slot, path string, err error)
}

// Cell is what outlives a life: a mailbox, its type, its callers. Only those who
// write another kind of actor meet it. A cell is
// told of what happens to its lives in order, one call at a time; it must not
// block in these methods nor call into the System from them.
type Cell interface {
	// Live says that l fills the cell: requests can be served.
	Live(l *Life)
	// Held says that the life ended and another may come: requests queue.
	Held()
	// Gone says that no life will come: what is queued is to be answered with
	// an error that wraps [ErrNoActor].
	Gone(reason error)
}

// Begin finds the path's cell, or makes it by fresh, and puts a new life into
// it, which is starting until [Life.Ready]. [Spawn] is written with it; it is
// for those who write another kind of actor. fresh must only allocate.
//
// It waits while the place's last life is ending, which takes a moment.
//
// Errors, as *[StartError]: [ErrName]; [ErrTaken] when a life is there;
// [ErrType] when the path's cell is not a C; [ErrShutdown] and [ErrClosed] when
// the System is closed.
func Begin[C Cell](at Spawner, name string, fresh func() C) (C, *Life, error) {
	var none C
	sys, slot, path, err := spotOf(at, name)
	if err != nil {
		return none, nil, &StartError{Name: name, Err: err}
	}
	p, l, err := sys.begin(path, slot, func() Cell { return fresh() }, func(c Cell) bool { _, ok := c.(C); return ok })
	if err != nil {
		return none, nil, &StartError{Name: path, Err: err}
	}
	return p.cell.(C), l, nil //nolint:errcheck,forcetypeassert // begin has looked at the type
}

// begin is Begin without its type.
func (s *System) begin(path string, slot *Slot, fresh func() Cell, fits func(Cell) bool) (*place, *Life, error) {
	for {
		p, l, last, err := s.take(path, slot, fresh, fits)
		if last == nil {
			return p, l, err
		}
		<-last.Over() // its slot knows already, and may have been the fastest
	}
}

// take puts a new life into the place at path; last is set when that was not
// possible yet, because the last one is still leaving it.
func (s *System) take(path string, slot *Slot, fresh func() Cell, fits func(Cell) bool) (p *place, l, last *Life, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, nil, fmt.Errorf("%w: %w", ErrShutdown, ErrClosed)
	}
	p = s.places[path]
	if p != nil {
		p.mu.Lock()
		if p.gone { // it has ended, but is not yet forgotten
			p.mu.Unlock()
			p = nil
		}
	}
	if p == nil {
		p = &place{sys: s, path: path, cell: fresh()}
		p.mu.Lock()
		s.places[path] = p
	}
	defer p.mu.Unlock()
	switch {
	case p.life != nil && p.life.leaving():
		return nil, nil, p.life, nil
	case p.life != nil:
		return nil, nil, nil, fmt.Errorf("%w by %s", ErrTaken, p.life.pid)
	case !fits(p.cell):
		return nil, nil, nil, fmt.Errorf("%w: it is a %T", ErrType, p.cell)
	}
	s.lastIncarnation++
	l = &Life{
		pid:      PID{Name: path, Incarnation: s.lastIncarnation},
		place:    p,
		slot:     slot,
		shutdown: DefaultShutdown,
	}
	p.life, p.released = l, nil
	if slot == nil {
		p.top = s.top.PushBack(l)
	} else {
		slot.hold(l)
	}
	return p, l, nil, nil
}

// checkName refuses names that would break paths.
func checkName(name string) error {
	if name == "" || strings.ContainsAny(name, "/#") {
		return fmt.Errorf("%w %q: it must be non-empty and hold no '/' or '#'", ErrName, name)
	}
	return nil
}

// Locate returns the system and the path that name would get at the spawner,
// for those who write another kind of actor and need both to make its cell.
// Errors, as *[StartError]: [ErrName], [ErrNoSpawner].
func Locate(at Spawner, name string) (*System, string, error) {
	sys, _, path, err := spotOf(at, name)
	if err != nil {
		return nil, "", &StartError{Name: name, Err: err}
	}
	return sys, path, nil
}

// spotOf is what the spawner says of the name, if there is a spawner.
func spotOf(at Spawner, name string) (*System, *Slot, string, error) {
	if at == nil || at == (*System)(nil) || at == (*Slot)(nil) {
		return nil, nil, "", ErrNoSpawner
	}
	return at.spawner(name)
}
