package supervise

import (
	"context"
	"errors"
	"sync"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
)

// Child is a subtree: a supervisor under a supervisor, with the spec's name as
// its id. It is permanent, and has all the time it needs to stop.
func Child(spec Spec) ChildSpec {
	return ChildSpec{
		ID:   spec.Name,
		Type: SupervisorChild,
		spec: &spec,
		Start: func(ctx context.Context, at *actor.Slot) error {
			named := spec
			named.Name = NameAt(at, spec.Name)
			_, err := Start(ctx, at, named)
			return err
		},
	}
}

// Actor is a child with a behavior; see [actor.Spawn]. It is permanent. Refs
// outlive its restarts: what is sent meanwhile waits for the next life. Get
// one by fresh's argument, or by actor.RefAt with the path "<supervisor>/<id>".
func Actor[Req, Resp any](id string, fresh func(self actor.Ref[Req, Resp]) actor.Behavior[Req, Resp], opts ...actor.SpawnOption) ChildSpec {
	return ChildSpec{
		ID: id,
		Start: func(ctx context.Context, at *actor.Slot) error {
			_, err := actor.Spawn(ctx, at, NameAt(at, id), fresh, opts...)
			return err
		},
	}
}

// ActorFunc is a child that answers requests by a function; see
// [actor.SpawnFunc]. It is permanent. All its lives have the same f: what a crash
// must not leave behind belongs into the behavior of an [Actor]. A nil f is a
// failed start, a *[SpecError].
func ActorFunc[Req, Resp any](id string, f func(ctx context.Context, req Req) (Resp, error), opts ...actor.SpawnOption) ChildSpec {
	return ChildSpec{
		ID: id,
		Start: func(ctx context.Context, at *actor.Slot) error {
			if f == nil {
				return noFunction(id)
			}
			_, err := actor.SpawnFunc(ctx, at, NameAt(at, id), f, opts...)
			return err
		},
	}
}

// errServiceGoexit is the crash of a service that neither returned nor
// panicked.
var errServiceGoexit = errors.New("the service ended its goroutine")

// Go is a child that is a function: serve runs on a goroutine until it returns
// (suture's Service). It is up as soon as that has begun. To return nil is a
// normal end; to return an error, or to panic, is a crash. ctx ends when the
// child is asked to stop; what serve then returns is its own matter, unless it
// is an error of another kind than that of ctx, which is reported. A serve that
// does not return by then is abandoned at the child's Shutdown, and reported:
// its goroutine goes on beside that of its replacement. The child is permanent:
// set Restart to have it end. A nil serve is a failed start, a *[SpecError].
func Go(id string, serve func(ctx context.Context) error) ChildSpec {
	return ChildSpec{
		ID: id,
		Start: func(_ context.Context, at *actor.Slot) error {
			return startService(at, id, serve)
		},
	}
}

// startService begins a life that is serve.
func startService(at *actor.Slot, id string, serve func(context.Context) error) error {
	if serve == nil {
		return noFunction(id)
	}
	_, l, err := actor.Begin(at, NameAt(at, id), newServiceCell)
	if err != nil {
		return err
	}
	s := &service{life: l, serve: serve}
	l.OnKill(s.abandon)
	if !l.Ready() {
		return &actor.StartError{Name: l.PID().Name, Err: actor.ErrKilled}
	}
	go s.run(l.Context())
	return nil
}

// noFunction is the failed start of a child that has nothing to run.
func noFunction(id string) error {
	return &SpecError{Child: id, Field: "Start", Problem: "is made of a nil function", Hint: "give it one that does the child's work"}
}

// serviceCell has nothing to keep between lives: nobody calls a service.
type serviceCell struct{}

func newServiceCell() *serviceCell { return &serviceCell{} }

// Live implements [actor.Cell].
func (*serviceCell) Live(*actor.Life) {}

// Held implements [actor.Cell].
func (*serviceCell) Held() {}

// Gone implements [actor.Cell].
func (*serviceCell) Gone(error) {}

// service is one life of it.
type service struct {
	life  *actor.Life
	serve func(context.Context) error

	mu       sync.Mutex // protects the following
	over     bool       // serve has returned
	returned func()     // set: it was abandoned; call it when serve returns
}

func (s *service) run(ctx context.Context) {
	err := errServiceGoexit
	defer func() { s.end(ctx, err) }()
	err = s.call(ctx)
}

// call turns a panic into an error, and has the log tell of it: the error may
// find nobody who waits for it, if the service was abandoned.
func (s *service) call(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			crash := actor.NewPanicError(v)
			record.ActorPanicked.Log(s.life.System().Logger(), record.PID(s.life.PID()), record.Panic(crash.Value), record.Stack(crash.Stack))
			err = crash
		}
	}()
	return s.serve(ctx)
}

// end is called when serve has returned.
func (s *service) end(ctx context.Context, err error) {
	s.mu.Lock()
	s.over = true
	returned := s.returned
	s.mu.Unlock()
	if returned != nil {
		returned()
		return
	}
	s.life.End(reasonOf(ctx, err))
}

// reasonOf says what the end of serve means: to return because of ctx is to
// end for the reason that it was asked to.
func reasonOf(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil && foreign.Is(err, ctx.Err()) {
		return context.Cause(ctx) // nil, a normal end, when nobody asked
	}
	return err
}

// abandon is the kill: a goroutine cannot be ended from outside.
func (s *service) abandon(reason error) {
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return
	}
	s.returned = s.life.System().Abandon(s.life)
	s.mu.Unlock()
	s.life.End(reason)
}

var _ actor.Cell = (*serviceCell)(nil)
