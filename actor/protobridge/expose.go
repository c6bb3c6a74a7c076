package protobridge

import (
	"context"
	"fmt"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
)

// Expose makes ref known to plain protoactor code as name.
//
// Requests of one sender are handled in the order sent, one at a time; those
// of different senders (each RequestFuture is one) at the same time, and so
// are all of them when ref's target has a Width of more than one, as a pool
// does. Nobody who sends ever waits: when ref's mailbox is full, or 1024
// requests are under way through this name, the answer is a *[actor.CallError]
// with [actor.ErrFull]. A message of another type is answered by one with
// [actor.ErrType]. What cannot be answered for want of a sender is a dead
// letter.
//
// Watching the name ends by Terminated when ref's actor is gone for good, not
// when it is restarted. To stop the name (Root.Stop, Root.Poison) withdraws
// it, which cancels what is under way; ref's actor is not stopped.
//
// The error is a *[actor.StartError]: [actor.ErrName] for an empty name,
// [actor.ErrTaken] for one that the ActorSystem knows already.
func Expose[Req, Resp any](as *protoactor.ActorSystem, name string, ref actor.Ref[Req, Resp]) (*protoactor.PID, error) {
	if name == "" {
		return nil, &actor.StartError{Name: name, Err: fmt.Errorf("%w: it is empty", actor.ErrName)}
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := &exposed[Req, Resp]{as: as, name: name, ref: ref, ctx: ctx, cancel: cancel, order: newLanes(inOrder(ref.Target()))}
	pid, fresh := as.ProcessRegistry.Add(e, name)
	if !fresh {
		cancel()
		return nil, &actor.StartError{Name: name, Err: actor.ErrTaken}
	}
	return pid, nil
}

// inOrder reports whether a target serves one request after the other.
func inOrder(target any) bool {
	wide, ok := target.(interface{ Width() int })
	return !ok || wide.Width() <= 1
}
