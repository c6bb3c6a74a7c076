package actor

import (
	"context"
	"sync"
	"time"
)

// Values of a time to stop that are no duration, for [WithShutdown],
// [Life.SetShutdown] and the Shutdown of a supervised child.
const (
	// BrutalKill does not ask to stop: it kills at once.
	BrutalKill time.Duration = -1
	// Infinity gives all the time that it takes to stop.
	Infinity time.Duration = -2
)

// DefaultShutdown is how long an actor that was asked to stop may take before
// it is killed, unless its owner says otherwise (OTP supervisor: 5000 ms for a
// worker).
const DefaultShutdown = 5 * time.Second

type lifeState uint8

const (
	starting lifeState = iota
	live
	ending // its slot is being told, and nobody else can know
	ended
)

// Life is one incarnation of an actor: what a [Cell] is filled with. Only
// those who write another kind of actor meet it. All methods may be called from
// any goroutine.
type Life struct {
	pid   PID
	place *place
	slot  *Slot // nil: spawned on the System

	mu         sync.Mutex // protects the following
	state      lifeState
	stopped    bool      // asked to stop
	stopReason error     // why; set with stopped
	told       time.Time // when it was first asked or killed
	killed     bool
	lived      bool  // it was live when it came to its end; set with ending
	left       bool  // ended, and its place is free
	reason     error // set with ending; others see it with ended
	parentOnly bool
	shutdown   time.Duration
	onStop     func(error)
	onKill     func(error)
	escalate   *time.Timer
	watchers   map[*watcher]struct{}
	// Made when first asked for: most lives are never looked at this way.
	ctx    context.Context
	cancel context.CancelCauseFunc
	kill   chan struct{}
	over   chan struct{}
}

// PID returns the life's name.
func (l *Life) PID() PID { return l.pid }

// System returns the system the life belongs to.
func (l *Life) System() *System { return l.place.sys }

// Context returns a context that is done when the life was asked to stop, was
// killed, or ended; [context.Cause] is then the reason.
func (l *Life) Context() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil {
		l.ctx, l.cancel = context.WithCancelCause((*lifeContext)(l))
		switch {
		case l.state == ended:
			l.cancel(l.reason)
		case l.stopped:
			l.cancel(l.stopReason)
		}
	}
	return l.ctx
}

// Owned reports whether the life is in a [Slot], whose owner hears of its end.
func (l *Life) Owned() bool { return l.slot != nil }

// Killed returns a channel that is closed when the life is to end at once,
// whatever it is doing.
func (l *Life) Killed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kill == nil {
		l.kill = make(chan struct{})
		if l.killed || l.state == ended {
			close(l.kill)
		}
	}
	return l.kill
}

// Over returns a channel that is closed when the life has ended and its name
// is free for the next one.
func (l *Life) Over() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over == nil {
		l.over = make(chan struct{})
		if l.left {
			close(l.over)
		}
	}
	return l.over
}

// Reason returns why the life ended, nil while it has not.
func (l *Life) Reason() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != ended {
		return nil
	}
	return l.reason
}

// OnStop sets what is called, once, when the life is asked to stop; at once if
// that was before. f must not block.
func (l *Life) OnStop(f func(reason error)) {
	l.mu.Lock()
	l.onStop = f
	called, reason := f != nil && l.stopped && l.state < ending, l.stopReason
	l.mu.Unlock()
	if called {
		f(reason)
	}
}

// OnKill sets what is called, once, when the life is to end at once; at once
// if that was before. f must not block, and must see to it that [Life.End] is
// called within a bounded time.
func (l *Life) OnKill(f func(reason error)) {
	l.mu.Lock()
	l.onKill = f
	called, reason := f != nil && l.killed && l.state < ending, l.stopReason
	l.mu.Unlock()
	if called {
		f(reason)
	}
}

// SetShutdown sets how long the life may take to stop when the System stops
// it, before it is killed; zero means [DefaultShutdown]. There are [BrutalKill]
// and [Infinity], which other negative values are taken for. A supervisor
// that owns the life has its own setting.
func (l *Life) SetShutdown(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shutdown = d; d == 0 {
		l.shutdown = DefaultShutdown
	}
}

// ParentOnly makes [System.Exit] answer [ErrNotParent] for this life.
func (l *Life) ParentOnly() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parentOnly = true
}

// askStop asks the life to end with reason; the first reason counts.
func (l *Life) askStop(reason error) {
	l.mu.Lock()
	if l.stopped || l.state >= ending {
		l.mu.Unlock()
		return
	}
	if l.slot == nil && l.shutdown == BrutalKill {
		l.mu.Unlock()
		l.killNow(ErrKilled)
		return
	}
	l.stopped, l.stopReason, l.told = true, reason, time.Now()
	f := l.onStop
	if l.cancel != nil {
		l.cancel(reason)
	}
	if l.slot == nil && l.shutdown >= 0 {
		l.escalate = time.AfterFunc(l.shutdown, func() { l.killNow(ErrKilled) })
	}
	l.mu.Unlock()
	if f != nil {
		f(reason)
	}
}

// killNow demands the end of the life.
func (l *Life) killNow(reason error) {
	l.mu.Lock()
	if l.killed || l.state >= ending {
		l.mu.Unlock()
		return
	}
	if !l.stopped {
		l.told = time.Now()
	}
	l.killed, l.stopped, l.stopReason = true, true, reason
	if l.cancel != nil {
		l.cancel(reason)
	}
	if l.kill != nil {
		close(l.kill)
	}
	f := l.onKill
	l.mu.Unlock()
	if f != nil {
		f(reason)
	}
}

// StopRequested returns the reason the life was asked to stop with, nil if it
// was not.
func (l *Life) StopRequested() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stopReason
}

// Ready says that the start succeeded: the cell is told by [Cell.Live], and
// from now on an end is reported to the slot. It returns false when the life
// has ended meanwhile.
func (l *Life) Ready() bool {
	l.mu.Lock()
	if l.state != starting {
		l.mu.Unlock()
		return false
	}
	l.state = live
	l.mu.Unlock()
	l.place.filled(l)
	return true
}

// watch adds w, or returns false if the life has ended.
func (l *Life) watch(w *watcher) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == ended {
		return false
	}
	if l.watchers == nil {
		l.watchers = make(map[*watcher]struct{})
	}
	l.watchers[w] = struct{}{}
	return true
}

func (l *Life) unwatch(w *watcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.watchers, w)
}

// reasonOr returns why the life ended or was asked to, otherwise fallback.
func (l *Life) reasonOr(fallback error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.reason != nil:
		return l.reason
	case l.stopReason != nil:
		return l.stopReason
	}
	return fallback
}
