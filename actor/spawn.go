package actor

import (
	"context"
	"errors"
	"time"

	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/mailbox"
)

// SpawnOption sets something of one actor. The interface is sealed.
type SpawnOption interface{ applySpawn(*spawnOptions) }

type spawnOptions struct {
	mailbox  mailbox.Config
	shutdown time.Duration
}

type (
	mailboxOption  mailbox.Config
	shutdownOption time.Duration
)

func (o mailboxOption) applySpawn(s *spawnOptions)  { s.mailbox = mailbox.Config(o) }
func (o shutdownOption) applySpawn(s *spawnOptions) { s.shutdown = time.Duration(o) }

// WithMailbox sets the bound of the actor's mailbox and what happens when it
// is full. It counts when the path's cell is made, and outlives restarts.
func WithMailbox(cfg mailbox.Config) SpawnOption { return mailboxOption(cfg) }

// WithShutdown sets how long the actor may take to stop before it is
// abandoned, when it was spawned on the System: a duration, [BrutalKill] or
// [Infinity]. Zero means [DefaultShutdown], as does to leave the option out. A
// supervisor has its own setting.
func WithShutdown(d time.Duration) SpawnOption { return shutdownOption(d) }

// Spawn starts an in-process actor and returns when its [Initializer], if it
// is one, is done. fresh makes the behavior of this life; self is the actor's
// own Ref: casts through it never wait for room, calls are an error. ctx
// bounds starting only.
//
// Every error is a *[StartError]; see [Begin] for its classes. It also wraps
// what Init returned, a *[PanicError], or the end of ctx; a behavior that does
// not return from Init soon after that (100 ms) is abandoned.
func Spawn[Req, Resp any](ctx context.Context, at Spawner, name string, fresh func(self Ref[Req, Resp]) Behavior[Req, Resp], opts ...SpawnOption) (Ref[Req, Resp], error) {
	o := spawnOptions{shutdown: DefaultShutdown}
	for _, opt := range opts {
		if opt != nil {
			opt.applySpawn(&o)
		}
	}
	if err := ContextError(ctx); err != nil {
		return Ref[Req, Resp]{}, &StartError{Name: name, Err: err}
	}
	sys, _, path, err := spotOf(at, name)
	if err != nil {
		return Ref[Req, Resp]{}, &StartError{Name: name, Err: err}
	}
	c, l, err := Begin(at, name, func() *cell[Req, Resp] { return newCell[Req, Resp](sys, path, o.mailbox) })
	if err != nil {
		return Ref[Req, Resp]{}, err
	}
	l.SetShutdown(o.shutdown)
	i := newIncarnation[Req, Resp](l)
	l.OnKill(func(reason error) { c.kill(i, reason) })
	booted := false
	defer func() {
		if !booted { // fresh ended the caller's goroutine, as a test's FailNow does
			i.leave()
			l.End(&PanicError{Value: goexit{}})
		}
	}()
	err = c.boot(ctx, i, fresh)
	booted = true
	if err != nil {
		l.End(err)
		return Ref[Req, Resp]{}, &StartError{Name: path, Err: err}
	}
	c.prepare(i)
	l.OnStop(func(error) { c.stop(l) })
	if !l.Ready() {
		return Ref[Req, Resp]{}, &StartError{Name: path, Err: l.reasonOr(ErrKilled)}
	}
	return NewRef[Req, Resp](c), nil
}

// SpawnFunc starts an in-process actor that is a function, as [Spawn] does one
// with a Behavior: what f returns is the reply, as with a [Func]. Types are
// inferred from f, so it is the shortest way to a fake of a worker. f is called
// for one request at a time. A nil f is a failed start.
func SpawnFunc[Req, Resp any](ctx context.Context, at Spawner, name string, f func(ctx context.Context, req Req) (Resp, error), opts ...SpawnOption) (Ref[Req, Resp], error) {
	if f == nil {
		return Ref[Req, Resp]{}, &StartError{Name: name, Err: errors.New("f is nil: give SpawnFunc a function that answers requests")}
	}
	return Spawn(ctx, at, name, func(Ref[Req, Resp]) Behavior[Req, Resp] { return Func[Req, Resp](f) }, opts...)
}

// initGrace is how long Init may take to return when the start's context has
// ended, before it is abandoned.
const initGrace = 100 * time.Millisecond

// boot makes the behavior and runs its Init. A fresh that hangs is abandoned
// like a request when the life is killed.
func (c *cell[Req, Resp]) boot(ctx context.Context, i *incarnation[Req, Resp], fresh func(Ref[Req, Resp]) Behavior[Req, Resp]) error {
	if fresh == nil {
		return errors.New("fresh is nil: give Spawn a function that makes the behavior")
	}
	var b Behavior[Req, Resp]
	i.enter(nil)
	crash := guard(func() { b = fresh(NewRef[Req, Resp](selfTarget[Req, Resp]{c})) })
	alive := i.leave()
	switch {
	case crash != nil:
		c.panicked(i.life, crash)
		return crash
	case !alive:
		return i.life.reasonOr(ErrKilled)
	case isNoBehavior(b):
		return errors.New("fresh returned no behavior, but nil")
	}
	i.behave(b)
	if init, ok := b.(Initializer); ok {
		return c.initialize(ctx, i, init)
	}
	return nil
}

// isNoBehavior reports whether b is nil, or a Func that is.
func isNoBehavior[Req, Resp any](b Behavior[Req, Resp]) bool {
	f, ok := b.(Func[Req, Resp])
	return b == nil || ok && f == nil
}

// initialize runs Init on a goroutine of its own, so that one that hangs can
// be given up.
func (c *cell[Req, Resp]) initialize(ctx context.Context, i *incarnation[Req, Resp], init Initializer) error {
	if !i.enter(nil) {
		return i.life.reasonOr(ErrKilled)
	}
	starting, cancel := context.WithCancelCause(i.life.Own(ctx))
	defer cancel(nil)
	life := i.life.Context()
	defer context.AfterFunc(life, func() { cancel(context.Cause(life)) })()
	result := make(chan error, 1)
	c.sys.runners.run(func() {
		var err error
		returned := false
		defer func() {
			if !returned {
				crash := NewPanicError(goexit{})
				record.ActorLeft.Log(c.sys.Logger(), record.PID(i.life.pid), record.Stack(crash.Stack))
				err = crash
			}
			i.leave()
			result <- err
		}()
		if crash := guard(func() { err = init.Init(starting) }); crash != nil {
			c.panicked(i.life, crash)
			err = crash
		}
		err = SafeError(err)
		returned = true
	})
	select {
	case err := <-result:
		return err
	case <-starting.Done():
	}
	// One that was asked to stop has the time that whoever asked gives it; one
	// whose start takes too long has a moment to notice.
	var tooLate <-chan time.Time
	if ctx.Err() != nil {
		timer := time.NewTimer(initGrace)
		defer timer.Stop()
		tooLate = timer.C
	}
	select {
	case err := <-result:
		return err
	case <-i.life.Killed():
	case <-tooLate:
	}
	i.kill()
	return ContextError(starting)
}
