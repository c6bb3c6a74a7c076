package actor

import (
	"container/list"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/internal/logrelay"
)

// Option sets something of a [System]. The interface is sealed.
type Option interface{ applySystem(*System) }

type loggerOption struct{ log *slog.Logger }

func (o loggerOption) applySystem(s *System) { s.behind = o.log }

// WithLogger sets where the system reports crashes, abandoned actors and the
// like. Without it, or with nil, that is [slog.Default] at the time of the
// report.
//
// Its handler is called by one goroutine at a time, which is none of those that
// do the system's work. They wait for it for a quarter of a second; while one
// that took longer has not caught up, up to 1 MiB of records wait for it
// instead, and what comes beyond is lost, as is a record in which it panics. A
// record says how many were, as soon as it works again.
func WithLogger(log *slog.Logger) Option { return loggerOption{log} }

// System is what actors live in: it knows them by path. Make one with
// [NewSystem] and end it with [System.Close]. It runs no goroutine while
// nothing happens. All methods may be called from any goroutine.
type System struct {
	behind   *slog.Logger // by WithLogger; nil: slog.Default
	log      *slog.Logger
	relay    *logrelay.Relay
	runners  runners
	dead     deadLetters
	draining atomic.Bool
	given    atomic.Uint64 // requests from inside while draining

	mu              sync.Mutex // protects the following
	closed          bool
	places          map[string]*place
	top             list.List // of *Life: spawned on the System itself, in order
	lastIncarnation uint64
	abandoned       map[*abandoned]struct{}
}

// NewSystem returns a system without actors.
func NewSystem(opts ...Option) *System {
	s := &System{places: make(map[string]*place), abandoned: make(map[*abandoned]struct{})}
	for _, o := range opts {
		if o != nil {
			o.applySystem(s)
		}
	}
	s.relay = logrelay.New(func() *slog.Logger {
		if s.behind == nil {
			return slog.Default()
		}
		return s.behind
	})
	s.log = s.relay.Logger()
	return s
}

// Logger returns where the system reports to; never nil. It is safe to use
// whatever the handler behind it does: see [WithLogger].
func (s *System) Logger() *slog.Logger { return s.log }

func (s *System) spawner(name string) (*System, *Slot, string, error) {
	return s, nil, name, checkName(name)
}

func (s *System) forget(p *place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places[p.path] == p {
		delete(s.places, p.path)
	}
	if p.top != nil {
		s.top.Remove(p.top)
		p.top = nil
	}
}

// find returns the place at path, nil if there is none.
func (s *System) find(path string) *place {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.places[path]
}

// CellAt returns the cell at path, for those who write another kind of actor;
// false when nothing of that name is there.
func (s *System) CellAt(path string) (Cell, bool) {
	p := s.find(path)
	if p == nil {
		return nil, false
	}
	return p.cell, true
}

// PIDAt returns the life at path; false when there is none now.
func (s *System) PIDAt(path string) (PID, bool) {
	p := s.find(path)
	if p == nil {
		return PID{}, false
	}
	return p.pid()
}

// Watch returns a channel of capacity one that gets exactly one [Down] when
// the life pid ends, and is then closed. A life that is over already, or never
// was, gives Down{pid, [ErrNoActor]} at once: reasons of past lives are not
// kept. When ctx ends first the channel is closed without a Down, the only
// case of that. A nil ctx never ends.
func (s *System) Watch(ctx context.Context, pid PID) <-chan Down {
	w := newWatcher()
	if p := s.find(pid.Name); p != nil {
		p.mu.Lock()
		l := p.life
		p.mu.Unlock()
		if l != nil && l.pid == pid && l.watch(w) {
			w.cancelOn(ctx, func() { l.unwatch(w) })
			return w.out
		}
	}
	w.deliver(Down{PID: pid, Reason: ErrNoActor})
	return w.out
}

// WatchAt watches the life at path, or the next one while there is none;
// when nothing of that name is there the Down says [ErrNoActor] at once. The
// channel is that of [System.Watch].
func (s *System) WatchAt(ctx context.Context, path string) <-chan Down {
	w := newWatcher()
	p := s.find(path)
	if p == nil {
		w.deliver(Down{PID: PID{Name: path}, Reason: ErrNoActor})
		return w.out
	}
	w.cancelOn(ctx, p.watch(w))
	return w.out
}

// Exit asks the life pid to end with reason, as OTP's exit/2; it does not
// wait. A supervised actor's supervisor sees the reason and does what its
// restart type says; one that ignores it goes on until it is stopped. One that
// was spawned on the System is killed when its own time to stop is over.
// Errors: [ErrNoActor] when that life is over, and [ErrNotParent] for a
// supervisor or a pool.
func (s *System) Exit(pid PID, reason error) error {
	p := s.find(pid.Name)
	if p == nil {
		return fmt.Errorf("exit %s: %w", pid, ErrNoActor)
	}
	p.mu.Lock()
	l := p.life
	p.mu.Unlock()
	if l == nil || l.pid != pid {
		return fmt.Errorf("exit %s: %w", pid, ErrNoActor)
	}
	l.mu.Lock()
	refused := l.parentOnly
	l.mu.Unlock()
	if refused {
		return fmt.Errorf("exit %s: %w", pid, ErrNotParent)
	}
	if reason == nil {
		reason = ErrNormal
	}
	l.askStop(SafeError(reason))
	return nil
}
