package procactor

import (
	"context"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// HostLife is what a [Host] of your own that has one life has beside its Do: embed
// what [NewHostLife] returns. All methods may be called from any goroutine.
type HostLife struct {
	pid    actor.PID
	once   sync.Once
	ended  chan struct{}
	reason error // set before ended is closed
}

// NewHostLife begins a life of that name.
func NewHostLife(name string) *HostLife {
	return &HostLife{
		pid:   actor.PID{Name: name, Incarnation: uint64(time.Now().UnixNano())}, // of two of one name the later has the greater number
		ended: make(chan struct{}),
	}
}

// Name implements [Host].
func (l *HostLife) Name() string { return l.pid.Name }

// PID implements [Host]: false when the life has ended.
func (l *HostLife) PID() (actor.PID, bool) {
	if isClosed(l.ended) {
		return actor.PID{}, false
	}
	return l.pid, true
}

// Watch implements [Host].
func (l *HostLife) Watch(ctx context.Context) <-chan actor.Down {
	if isClosed(l.ended) {
		return downNow(l.pid.Name, actor.ErrNoActor)
	}
	down := make(chan actor.Down, 1)
	go func() {
		defer close(down)
		select {
		case <-l.ended:
			down <- actor.Down{PID: l.pid, Reason: l.reason}
		case <-orBackground(ctx).Done():
		}
	}()
	return down
}

// End ends the life for a reason, such as [actor.ErrShutdown]; nil means
// [actor.ErrNormal]. The first reason counts.
func (l *HostLife) End(reason error) {
	l.once.Do(func() {
		if reason = actor.SafeError(reason); reason == nil {
			reason = actor.ErrNormal
		}
		l.reason = reason
		close(l.ended)
	})
}

// Ended is closed when the life has ended.
func (l *HostLife) Ended() <-chan struct{} { return l.ended }

// Reason returns why the life has ended; nil as long as it has not.
func (l *HostLife) Reason() error {
	if !isClosed(l.ended) {
		return nil
	}
	return l.reason
}
