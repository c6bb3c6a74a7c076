package actor

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// Slot is a supervisor's or a pool's place for one child: lives fill it one
// after the other. Starts are given one; only those who write another kind of
// actor, one that owns others, make one. All methods may be called from any goroutine.
type Slot struct {
	sys     *System
	path    string
	id      string
	exited  func(Down)
	settled func() // nil: nobody asked for it
	life    atomic.Pointer[Life]
}

// NewSlot makes the slot at path, for those who write another kind of actor, one
// that owns others, as supervisors do. The last component of path (behind '/', or, for an
// instance such as "top/w#3", behind the last '/' including the number) is the
// only name that can be spawned in it. exited is called once for each life
// that had started, from the goroutine that ended it, before anybody else can
// know of the end: whoever hears of it in whatever way and then asks the slot's
// owner must find that it knows. exited must not block, and so starts no life
// itself; the next may be started from elsewhere at once.
func NewSlot(sys *System, path string, exited func(Down)) *Slot {
	return &Slot{sys: sys, path: path, id: path[strings.LastIndexByte(path, '/')+1:], exited: exited}
}

// OnSettled sets what is called after exited, from the same goroutine, when all
// others know of the end, too: the calls that the life left open are answered,
// each watcher has its Down, and the place is free. It is for an owner that
// speaks of the end itself, and must not before that. It is to be set before the
// first life; f must not block.
func (s *Slot) OnSettled(f func()) { s.settled = f }

// System returns the system the slot belongs to.
func (s *Slot) System() *System { return s.sys }

// Path returns where the slot is, such as "top/w".
func (s *Slot) Path() string { return s.path }

// ID returns the last component of the path.
func (s *Slot) ID() string { return s.id }

// PID returns the life in the slot; false when there is none.
func (s *Slot) PID() (PID, bool) {
	l := s.current()
	if l == nil {
		return PID{}, false
	}
	return l.pid, true
}

// Last returns the life that came into the slot last, be it over or not yet up;
// the zero PID when none did.
func (s *Slot) Last() PID {
	if l := s.life.Load(); l != nil {
		return l.pid
	}
	return PID{}
}

// Stop asks the life in the slot to end with reason. It does not wait: the end
// is told to exited. Without a life it does nothing.
func (s *Slot) Stop(reason error) {
	if l := s.current(); l != nil {
		l.askStop(SafeError(reason))
	}
}

// Kill demands that the life in the slot end at once: a process is killed, a
// goroutine abandoned. It does not wait for exited, which is called within a
// bounded time. Without a life it does nothing.
func (s *Slot) Kill(reason error) {
	if l := s.current(); l != nil {
		l.killNow(SafeError(reason))
	}
}

// Release says that no next life will come: once the slot is empty its cell is
// gone, and what is queued there is answered with [ErrNoActor]. A later start
// in the slot begins anew.
func (s *Slot) Release(reason error) {
	s.sys.mu.Lock()
	p := s.sys.places[s.path]
	s.sys.mu.Unlock()
	if p != nil {
		p.release(SafeError(reason))
	}
}

func (s *Slot) current() *Life {
	l := s.life.Load()
	if l == nil || l.Reason() != nil {
		return nil
	}
	return l
}

func (s *Slot) hold(l *Life) { s.life.Store(l) }

func (s *Slot) spawner(name string) (*System, *Slot, string, error) {
	if name != s.id {
		return nil, nil, "", fmt.Errorf("%w %q: this slot is for %q", ErrName, name, s.id)
	}
	return s.sys, s, s.path, nil
}

var _ Spawner = (*Slot)(nil)
