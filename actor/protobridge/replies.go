package protobridge

import (
	"context"
	"fmt"
	"sync"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
)

// repliesName is where the replies of a whole ActorSystem arrive.
const repliesName = "proctor$replies"

// replies is the one Process of an ActorSystem that takes the replies to all
// calls, told apart by the RequestId of the PID they are sent to, and the
// Terminated of all actors that were ever called or watched and still run. A
// Process for each call, as a Future is, costs ten allocations more.
type replies struct {
	as *protoactor.ActorSystem

	mu      sync.Mutex // protects the following
	last    uint32
	calls   map[uint32]*pending
	watched map[address]*interest         // those whom protoactor watches for us
	crashes map[address]*actor.PanicError // of children of ours that are being stopped for it
}

// interest is who wants to hear of an actor's end.
type interest struct {
	owner    func(others func()) // hears of it first, and has the others told; nil: there is none
	over     bool                // it has ended
	calls    map[*pending]struct{}
	watchers map[*watcher]struct{}
}

// pending is one call that waits. Being in the table is the right to be
// answered; whoever takes it out does so, and so it is answered once.
type pending struct {
	id      uint32
	to      address
	refused any          // a reply that comes with the end; protected by replies.mu
	outcome chan outcome // capacity 1
}

// outcome is a reply, or the end of the actor.
type outcome struct {
	message any
	gone    error
}

// asError is the end as a call's error.
func (o outcome) asError() error {
	if o.gone == ErrStopped { //nolint:errorlint // the very sentinel
		return fmt.Errorf("%w: %w", actor.ErrNoActor, o.gone)
	}
	return o.gone
}

// watcher is one Watch. Being in the table is the right to its channel.
type watcher struct {
	out  chan actor.Down
	stop func() bool
}

// repliesOf finds the system's Process, or registers it.
func repliesOf(as *protoactor.ActorSystem) (*replies, error) {
	p, ok := as.ProcessRegistry.GetLocal(repliesName)
	if !ok {
		fresh := &replies{as: as, calls: make(map[uint32]*pending), watched: make(map[address]*interest)}
		if _, added := as.ProcessRegistry.Add(fresh, repliesName); added {
			return fresh, nil
		}
		p, _ = as.ProcessRegistry.GetLocal(repliesName) // another was faster
	}
	r, ok := p.(*replies)
	if !ok {
		return nil, fmt.Errorf("%w: %s", actor.ErrTaken, repliesName)
	}
	return r, nil
}

// sender is where the reply to p is to be sent.
func (r *replies) sender(p *pending) *protoactor.PID {
	return &protoactor.PID{Address: r.as.Address(), Id: repliesName, RequestId: p.id}
}

// open begins a call to an actor; if it is known to be gone, the outcome is
// there when open returns.
func (r *replies) open(to address) *pending {
	p := &pending{to: to, outcome: make(chan outcome, 1)}
	r.mu.Lock()
	for {
		r.last++
		if _, used := r.calls[r.last]; !used && r.last != 0 {
			break // otherwise it went round, past a call that is very old
		}
	}
	p.id = r.last
	r.calls[p.id] = p
	i, fresh := r.interest(to)
	i.calls[p] = struct{}{}
	r.mu.Unlock()
	if fresh {
		r.observe(to)
	}
	return p
}

// close ends a call; a reply that comes later is dropped.
func (r *replies) close(p *pending) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(p)
}

// remove takes p out of the tables; false when it was not there. r.mu is held.
func (r *replies) remove(p *pending) bool {
	if r.calls[p.id] != p {
		return false
	}
	delete(r.calls, p.id)
	if i := r.watched[p.to]; i != nil {
		delete(i.calls, p)
	}
	return true
}

// interest finds or makes the entry of an actor; fresh says that protoactor is
// to be asked to watch it. r.mu is held.
func (r *replies) interest(to address) (i *interest, fresh bool) {
	if i = r.watched[to]; i != nil {
		return i, false
	}
	i = &interest{calls: make(map[*pending]struct{}), watchers: make(map[*watcher]struct{})}
	r.watched[to] = i
	return i, true
}

// observe asks to be told of the actor's end, once: it stays watched until
// then, since a Watch and an Unwatch for each call would cost more than it.
func (r *replies) observe(to address) {
	sendSystem(r.as, to.pid(r.as), &protoactor.Watch{Watcher: &protoactor.PID{Address: r.as.Address(), Id: repliesName}})
}

// own makes f the owner of an actor: it is called at its end with what tells the
// others, and must see to it that they are told.
func (r *replies) own(who address, f func(others func())) {
	r.mu.Lock()
	i, fresh := r.interest(who)
	i.owner = f
	r.mu.Unlock()
	if fresh {
		r.observe(who)
	}
}

// watch is [actor.Target]'s Watch.
func (r *replies) watch(ctx context.Context, to address) <-chan actor.Down {
	w := &watcher{out: make(chan actor.Down, 1)}
	r.mu.Lock()
	i, fresh := r.interest(to)
	i.watchers[w] = struct{}{}
	w.stop = context.AfterFunc(ctx, func() {
		r.mu.Lock()
		_, waits := i.watchers[w]
		delete(i.watchers, w)
		r.mu.Unlock()
		if waits {
			close(w.out)
		}
	})
	r.mu.Unlock()
	if fresh {
		r.observe(to)
	}
	return w.out
}

// SendUserMessage implements protoactor's Process: a reply.
func (r *replies) SendUserMessage(pid *protoactor.PID, message any) {
	_, content, _ := protoactor.UnwrapEnvelope(message)
	r.mu.Lock()
	p := r.calls[pid.GetRequestId()]
	if p != nil && r.early(p, content) {
		r.mu.Unlock()
		return
	}
	waits := p != nil && r.remove(p)
	r.mu.Unlock()
	if waits {
		p.outcome <- outcome{message: content}
	}
}

// early reports whether the reply says that the actor is dead of which its owner
// has yet to hear: then it is kept until that has. r.mu is held.
func (r *replies) early(p *pending, reply any) bool {
	i := r.watched[p.to]
	if _, dead := reply.(*protoactor.DeadLetterResponse); !dead || i == nil || i.owner == nil {
		return false
	}
	p.refused = reply
	return true
}

// SendSystemMessage implements protoactor's Process: the end of an actor.
func (r *replies) SendSystemMessage(_ *protoactor.PID, message any) {
	t, ok := message.(*protoactor.Terminated)
	if !ok {
		return
	}
	who := addressOf(r.as, t.GetWho())
	reason := ErrStopped
	switch t.GetWhy() {
	case protoactor.TerminatedReason_Stopped:
	case protoactor.TerminatedReason_NotFound:
		reason = actor.ErrNoActor
	case protoactor.TerminatedReason_AddressTerminated:
		reason = actor.ErrNoConnection
	}
	r.mu.Lock()
	i := r.watched[who]
	if i == nil || i.over {
		r.mu.Unlock()
		return
	}
	i.over = true
	owner := i.owner
	r.mu.Unlock()
	if owner != nil {
		owner(func() { r.tell(who, i, reason) })
		return
	}
	r.tell(who, i, reason)
}

// tell tells those who wait of the end of an actor. Until then whoever comes
// waits with them.
func (r *replies) tell(who address, i *interest, reason error) {
	r.mu.Lock()
	delete(r.watched, who)
	calls, watchers := i.calls, i.watchers
	i.watchers = nil // whose contexts end later finds nothing
	for p := range calls {
		delete(r.calls, p.id)
	}
	r.mu.Unlock()
	for p := range calls {
		if p.refused != nil {
			p.outcome <- outcome{message: p.refused}
			continue
		}
		p.outcome <- outcome{gone: reason}
	}
	for w := range watchers {
		w.stop()
		w.out <- actor.Down{PID: who.actorPID(), Reason: reason}
		close(w.out)
	}
}

// Stop implements protoactor's Process. It is not to be stopped: others wait.
func (r *replies) Stop(*protoactor.PID) {}

var _ protoactor.Process = (*replies)(nil)
