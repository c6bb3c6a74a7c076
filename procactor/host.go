package procactor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// Host is where tasks are done: a [Process], a [Pool], a [CommandHost], whatever of
// these is at a path ([HostAt]), or a way of your own. Neither a task nor the code that calls it
// knows which it is.
//
// For a Host of your own a task is bytes: it gets a [actor.RawRequest], and gives
// the bytes of the answer to a function. [Task.On] does all that has Go types,
// and bears with what goes wrong: a panic, an answer that does not decode, two of
// them, or none is an error of the call, which also ends with its ctx when Do does
// not. Each call of Do has a goroutine of its own. All methods may be called from
// any goroutine.
//
// One that has also a method Width() int tells [Map] how many calls it can run at
// once; without it, it is one.
type Host interface {
	// Name returns what errors and logs call it, such as its path; always the same.
	Name() string
	// PID returns the life that serves now; false when there is none.
	PID() (actor.PID, bool)
	// Watch watches the life that PID names, as [actor.Target] says.
	Watch(ctx context.Context) <-chan actor.Down
	// Do brings one request to its end. How often it calls reply depends on r.Op:
	//
	//	"call"    once, with the answer
	//	"stream"  with each item, in order; none are also an answer
	//	"cast"    never: Do returns when the request has a place where it is going to
	//	          be done, and what becomes of it is not told. It must not end with ctx.
	//
	// Then it returns nil. reply decodes the body and hands the value on; it waits
	// while the consumer is slow, and the body may be used again afterwards. Its
	// error says that nothing more is wanted, since the caller has gone or has what
	// he asked for: what Do returns then is of no matter.
	//
	// An error says how far the request got by a *[actor.CallError]: its Delivery
	// and its Err count, and its PID if it has one. A *[actor.RawError], alone or as
	// that Err, is the task's own error, which r.Err says how to decode. Of any other
	// error it is unknown how far the request got.
	//
	// ctx is the caller's, with his values. At its end Do is to cancel the request
	// and return; after 100 ms it is left behind. Whether a request is done again that
	// was lost, and how long it waits for its turn, is the Host's to decide.
	Do(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error
}

// ownHost is a Host of this package, which tasks take a shorter road to: values
// are decoded where they are read, in the goroutine of the caller.
type ownHost interface {
	// find returns the queue and workers of now.
	find() (*dispatcher, error)
	name() string
	// targets are those that the host keeps; nil: it keeps none.
	targets() *keptTargets
}

// ownOf returns h as one of this package's own; nil if it is none. It asks for the
// types, and not for methods: whoever embeds a Pool and has a Do of his own means that.
func ownOf(h Host) ownHost {
	switch h := h.(type) {
	case nil:
	case *Process:
		if h != nil {
			return h
		}
	case *Pool:
		if h != nil {
			return h
		}
	case *CommandHost:
		if h != nil {
			return h
		}
	case *PathHost:
		if h != nil {
			return h
		}
	default:
		return nil
	}
	return noHost{}
}

// PathHost is the process, pool or host of commands at a path, see [HostAt]. All methods may be called
// from any goroutine.
type PathHost struct {
	sys  *actor.System
	path string
	kept keptTargets
}

// HostAt returns what a task can run on that is at the path, a worker process, a pool
// or a host of commands, whatever it is when a call is made. It looks nothing up: that none is
// there is told by calls.
func HostAt(sys *actor.System, path string) *PathHost { return &PathHost{sys: sys, path: path} }

// Name returns the path.
func (h *PathHost) Name() string { return h.path }

// PID returns the life that runs there now, of a pool its own; false when there is
// none.
func (h *PathHost) PID() (actor.PID, bool) { return pidOf(h) }

// Watch watches the life that runs there now, or the next; see [actor.Target].
func (h *PathHost) Watch(ctx context.Context) <-chan actor.Down { return watchOf(ctx, h) }

// Do implements [Host].
func (h *PathHost) Do(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error {
	return doOn(ctx, h, r, reply)
}

func (h *PathHost) name() string               { return h.path }
func (h *PathHost) targets() *keptTargets      { return &h.kept }
func (h *PathHost) find() (*dispatcher, error) { return dispatcherAt(h.sys, h.path) }

// Watch watches the worker that runs now, or the next; see [actor.Target].
func (p *Process) Watch(ctx context.Context) <-chan actor.Down { return watchOf(ctx, p) }

// Do implements [Host]: it is how a request goes on that came from elsewhere.
func (p *Process) Do(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error {
	return doOn(ctx, p, r, reply)
}

// Watch watches the pool itself, and no worker of it; see [actor.Target].
func (p *Pool) Watch(ctx context.Context) <-chan actor.Down { return watchOf(ctx, p) }

// Do implements [Host]: it is how a request goes on that came from elsewhere.
func (p *Pool) Do(ctx context.Context, r *actor.RawRequest, reply func(body []byte) error) error {
	return doOn(ctx, p, r, reply)
}

// pidOf returns the life of the host: of a pool, that of the pool itself.
func pidOf(h ownHost) (actor.PID, bool) {
	c, err := h.find()
	if err != nil {
		return actor.PID{}, false
	}
	return c.sys.PIDAt(c.path)
}

// watchOf watches the life of the host: of a pool, that of the pool itself.
func watchOf(ctx context.Context, h ownHost) <-chan actor.Down {
	c, err := h.find()
	if err != nil {
		return downNow(h.name(), actor.ErrNoActor)
	}
	return c.sys.WatchAt(orBackground(ctx), c.path)
}

// downNow is the watch of what is not there.
func downNow(name string, reason error) <-chan actor.Down {
	down := make(chan actor.Down, 1)
	down <- actor.Down{PID: actor.PID{Name: name}, Reason: reason}
	close(down)
	return down
}

// dispatcherAt returns the queue and workers of what is at the path now.
func dispatcherAt(sys *actor.System, path string) (*dispatcher, error) {
	c, ok := sys.CellAt(path)
	if !ok {
		return nil, actor.ErrNoActor
	}
	host, ok := c.(interface{ host() *dispatcher })
	if !ok {
		return nil, actor.ErrType
	}
	return host.host(), nil
}

// resolve returns c, or, when it is gone, what has taken its path since. Without
// c, as in a handle that was made by a path, it is what is at the path now.
func resolve(c *dispatcher, sys *actor.System, path string) (*dispatcher, error) {
	if c == nil {
		return dispatcherAt(sys, path)
	}
	if !c.over.Load() {
		return c, nil
	}
	c.mu.Lock()
	gone := c.gone
	c.mu.Unlock()
	if next, err := dispatcherAt(c.sys, c.path); err == nil && next != c {
		return next, nil
	}
	return nil, gone
}

// noHost is what a task is on that was given no host: each call says so.
type noHost struct{}

func (noHost) name() string { return "" }

func (noHost) targets() *keptTargets { return nil }

func (noHost) find() (*dispatcher, error) {
	return nil, fmt.Errorf("%w: Task.On was given no host", actor.ErrNoActor)
}

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
