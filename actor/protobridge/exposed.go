package protobridge

import (
	"context"
	"errors"
	"fmt"
	"sync"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
)

// exposed is a Ref as a protoactor Process. Its methods are called by whoever
// sends, and never wait.
type exposed[Req, Resp any] struct {
	as     *protoactor.ActorSystem
	name   string
	ref    actor.Ref[Req, Resp]
	ctx    context.Context // ends when the name is withdrawn
	cancel context.CancelFunc
	order  *lanes

	mu       sync.Mutex // protects the following
	watchers map[address]*protoactor.PID
	watching bool // a goroutine waits for the end of ref's actor
}

// SendUserMessage implements protoactor's Process.
func (e *exposed[Req, Resp]) SendUserMessage(pid *protoactor.PID, message any) {
	_, content, sender := protoactor.UnwrapEnvelope(message)
	if e.ctx.Err() != nil { // withdrawn, but its PID is cached somewhere
		e.as.DeadLetter.SendUserMessage(pid, message)
		return
	}
	switch m := content.(type) {
	case Req:
		e.request(pid, m, message, sender)
	case *protoactor.PoisonPill:
		e.Stop(pid)
	case *protoactor.Touch:
		e.answer(pid, message, sender, &protoactor.Touched{Who: e.as.NewLocalPID(e.name)})
	case *protoactor.DeadLetterResponse: // an answer of ours did not arrive
	default:
		e.answer(pid, message, sender, &actor.CallError{
			Op: "call", PID: actor.PID{Name: e.ref.Name()}, Delivery: actor.NotSent,
			Err: fmt.Errorf("%w: it takes %T, not %T", actor.ErrType, *new(Req), content),
		})
	}
}

func (e *exposed[Req, Resp]) request(pid *protoactor.PID, req Req, message any, sender *protoactor.PID) {
	ctx := actor.NoWait(e.ctx)
	if sender == nil {
		if err := e.ref.Cast(ctx, req); err != nil {
			e.as.DeadLetter.SendUserMessage(pid, message)
		}
		return
	}
	from := lane{addressOf(e.as, sender), sender.GetRequestId()}
	if !e.order.add(from, func() {
		resp, err := e.ref.Call(ctx, req)
		if err != nil {
			e.as.Root.Send(sender, err)
			return
		}
		e.as.Root.Send(sender, resp)
	}) {
		e.as.Root.Send(sender, &actor.CallError{
			Op: "call", PID: actor.PID{Name: e.ref.Name()}, Delivery: actor.NotSent,
			Err: fmt.Errorf("%w: too many requests through the bridge", actor.ErrFull),
		})
	}
}

// answer sends to the sender, or makes the message a dead letter if it has none.
func (e *exposed[Req, Resp]) answer(pid *protoactor.PID, message any, sender *protoactor.PID, reply any) {
	if sender == nil {
		e.as.DeadLetter.SendUserMessage(pid, message)
		return
	}
	e.as.Root.Send(sender, reply)
}

// SendSystemMessage implements protoactor's Process.
func (e *exposed[Req, Resp]) SendSystemMessage(pid *protoactor.PID, message any) {
	switch m := message.(type) {
	case *protoactor.Watch:
		e.watch(m.Watcher)
	case *protoactor.Unwatch:
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.watchers, addressOf(e.as, m.Watcher))
	case *protoactor.Stop:
		e.Stop(pid)
	}
}

// Stop implements protoactor's Process: it withdraws the name.
func (e *exposed[Req, Resp]) Stop(*protoactor.PID) {
	e.mu.Lock()
	over := e.ctx.Err() != nil
	e.cancel()
	e.mu.Unlock()
	if over {
		return
	}
	e.as.ProcessRegistry.Remove(e.as.NewLocalPID(e.name))
	go e.terminated()
}

func (e *exposed[Req, Resp]) watch(watcher *protoactor.PID) {
	e.mu.Lock()
	if e.ctx.Err() != nil {
		e.mu.Unlock()
		sendSystem(e.as, watcher, &protoactor.Terminated{Who: e.as.NewLocalPID(e.name), Why: protoactor.TerminatedReason_NotFound})
		return
	}
	if e.watchers == nil {
		e.watchers = make(map[address]*protoactor.PID)
	}
	e.watchers[addressOf(e.as, watcher)] = watcher
	begin := !e.watching
	e.watching = true
	e.mu.Unlock()
	if begin {
		go e.awaitEnd()
	}
}

// awaitEnd follows ref's actor from life to life until there is none to come.
func (e *exposed[Req, Resp]) awaitEnd() {
	for {
		d, ok := <-e.ref.Watch(e.ctx)
		if !ok {
			return // withdrawn; Stop tells the watchers
		}
		if errors.Is(d.Reason, actor.ErrNoActor) {
			e.terminated()
			return
		}
	}
}

// terminated tells all watchers, who need not be told again. As with a plain
// actor, the answers to what was asked before come before.
func (e *exposed[Req, Resp]) terminated() {
	e.order.settle()
	e.mu.Lock()
	watchers := e.watchers
	e.watchers, e.watching = nil, false
	e.mu.Unlock()
	for _, w := range watchers {
		sendSystem(e.as, w, &protoactor.Terminated{Who: e.as.NewLocalPID(e.name)})
	}
}

var _ protoactor.Process = (*exposed[int, int])(nil)
