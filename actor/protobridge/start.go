package protobridge

import (
	"context"
	"fmt"
	"sync"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
)

// Start makes a plain actor a child of a supervisor of this module: the
// function it returns is a supervise.StartFunc, which starts one life of it in
// a slot. props say how the plain actor is made; each life gets a fresh one.
//
//	supervise.ChildSpec{ID: "w", Start: protobridge.Start[Ask, Answer](as, props)}
//
// It is up when it has handled its *Started. A panic of it ends the life with a
// *[actor.PanicError]: its guardian is replaced by one that stops it, so that
// the supervisor decides and not protoactor. A stop by itself, or by plain code,
// is a normal end. When it is asked to stop it gets protoactor's Stop, which
// overtakes what is queued; what is queued then is lost, as protoactor has it.
// One that does not stop in time is abandoned.
//
// The Ref that actor.RefAt gives at the child's path reaches the life that serves
// now, and waits for the next while there is none; for the rest it is one of
// [To]. The plain PID of a life is named by the text of its actor.PID. ctx
// bounds the start only.
func Start[Req, Resp any](as *protoactor.ActorSystem, props *protoactor.Props) func(ctx context.Context, at *actor.Slot) error {
	return func(ctx context.Context, at *actor.Slot) error {
		c, l, err := actor.Begin(at, at.ID(), func() *childCell[Req, Resp] { return newChildCell[Req, Resp](at) })
		if err != nil {
			return err
		}
		p, err := spawn(ctx, as, props, l)
		if err != nil {
			l.End(err)
			return &actor.StartError{Name: l.PID().Name, Err: err}
		}
		c.prepare(target[Req, Resp]{as: as, to: p.to})
		ready := l.Ready()
		go p.await()
		if !ready {
			p.stop()
			return &actor.StartError{Name: l.PID().Name, Err: actor.ErrKilled}
		}
		return nil
	}
}

// plainLife is one life of a plain actor under a supervisor.
type plainLife struct {
	as      *protoactor.ActorSystem
	replies *replies
	life    *actor.Life
	pid     *protoactor.PID
	to      address
	up      chan struct{} // closed when Started is handled
	upOnce  sync.Once
	down    chan struct{} // closed when protoactor has stopped it
	others  func()        // tells those who call or watch the plain actor; set before down is closed

	mu       sync.Mutex // protects the following
	over     bool       // protoactor has stopped it
	returned func()     // set: it was abandoned; call it when it stops
}

// spawn starts the plain actor and waits until it is up.
func spawn(ctx context.Context, as *protoactor.ActorSystem, props *protoactor.Props, l *actor.Life) (*plainLife, error) {
	r, err := repliesOf(as)
	if err != nil {
		return nil, err
	}
	p := &plainLife{as: as, replies: r, life: l, up: make(chan struct{}), down: make(chan struct{})}
	own := props.Clone(protoactor.WithGuardian(guardian{r}), protoactor.WithReceiverMiddleware(p.notice))
	if p.pid, err = as.Root.SpawnNamed(own, l.PID().String()); err != nil {
		return nil, fmt.Errorf("spawn a plain actor: %w", err)
	}
	p.to = addressOf(as, p.pid)
	r.own(p.to, func(others func()) {
		p.others = others
		close(p.down)
	})
	l.OnStop(func(error) { p.stop() })
	l.OnKill(p.kill)
	select {
	case <-p.up:
		return p, nil
	case <-p.down:
		p.others()
		if err := p.crash(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("it stopped before it was up: %w", ErrStopped)
	case <-ctx.Done():
	case <-l.Killed():
	}
	p.stop()
	p.kill(actor.ErrKilled)
	go p.await()
	if err := actor.ContextError(ctx); err != nil {
		return nil, err
	}
	return nil, actor.ErrKilled
}

// notice is what sees the plain actor's messages: that it has handled Started.
func (p *plainLife) notice(next protoactor.ReceiverFunc) protoactor.ReceiverFunc {
	return func(ctx protoactor.ReceiverContext, envelope *protoactor.MessageEnvelope) {
		next(ctx, envelope)
		if _, ok := envelope.Message.(*protoactor.Started); ok {
			p.upOnce.Do(func() { close(p.up) })
		}
	}
}

func (p *plainLife) stop() { p.as.Root.Stop(p.pid) }

// kill is the life's OnKill: protoactor cannot end an actor that does not
// return.
func (p *plainLife) kill(reason error) {
	p.stop()
	p.mu.Lock()
	if !p.over && p.returned == nil {
		p.returned = p.life.System().Abandon(p.life)
	}
	p.mu.Unlock()
	p.life.End(reason)
}

// await ends the life when protoactor has stopped the actor.
func (p *plainLife) await() {
	<-p.down
	p.mu.Lock()
	p.over = true
	returned := p.returned
	p.mu.Unlock()
	crash := p.crash()
	switch {
	case returned != nil:
		p.others()
		returned()
	case crash != nil:
		p.life.EndAnswering(crash, p.others)
	default:
		p.life.EndAnswering(p.life.StopRequested(), p.others) // nil, a normal end, when nobody asked
	}
}

// crash takes the panic that ended the actor, if it was one, and has the log tell
// of it.
func (p *plainLife) crash() error {
	crash := p.replies.reasonOf(p.to)
	if crash == nil { // not as an error: it would not be nil
		return nil
	}
	record.ActorPanicked.Log(p.life.System().Logger(), record.PID(p.life.PID()), record.Panic(crash.Value), record.Stack(crash.Stack))
	return crash
}

// guardian is the SupervisorStrategy of plain actors that are children here:
// it stops who fails. It is the same value for all of an ActorSystem, which
// keeps a Process for each.
type guardian struct{ replies *replies }

// HandleFailure implements protoactor's SupervisorStrategy. It is called while
// the actor panics.
func (g guardian) HandleFailure(_ *protoactor.ActorSystem, supervisor protoactor.Supervisor, child *protoactor.PID, _ *protoactor.RestartStatistics, reason, _ any) {
	g.replies.failed(addressOf(g.replies.as, child), actor.NewPanicError(reason))
	supervisor.StopChildren(child)
}

// failed notes why a child is going to be stopped; the first reason counts.
func (r *replies) failed(who address, crash *actor.PanicError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.crashes == nil {
		r.crashes = make(map[address]*actor.PanicError)
	}
	if r.crashes[who] == nil {
		r.crashes[who] = crash
	}
}

// reasonOf takes the reason out that was noted for a child that has stopped.
func (r *replies) reasonOf(who address) *actor.PanicError {
	r.mu.Lock()
	defer r.mu.Unlock()
	crash := r.crashes[who]
	delete(r.crashes, who)
	return crash
}
