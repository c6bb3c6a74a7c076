package supervise

import (
	"context"

	"github.com/proctor-dev/proctor/actor"
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
