package actor

import (
	"context"
	"sync"
	"sync/atomic"
)

// What an incarnation's state says; killed is never taken back.
const (
	inside  uint32 = 1 << iota // a goroutine is inside the behavior, or between two casts
	serving                    // it is there for current, whose caller waits
	killed                     // what the goroutine still does is not heard
)

// incarnation is one life of a cell with the behavior that lives it.
type incarnation[Req, Resp any] struct {
	life     *Life
	behavior Behavior[Req, Resp]
	fn       Func[Req, Resp] // set when the behavior is one: no emit is needed
	ctx      *requestContext // for requests without a context of their own

	running atomic.Int32 // goroutines that take from the queue; a second only until it sees that it is not its turn

	// state is a word, not fields under a lock, because each call changes it
	// twice. current is written before serving is set, by whoever sets it, and read
	// by whoever sets killed and finds serving set: from then on the goroutine
	// inside leaves it alone.
	state   atomic.Uint32
	current *replySlot[Resp]

	mu       sync.Mutex // protects the following, and the change of state when an abandoned goroutine leaves
	returned func()     // tells the system that an abandoned goroutine came back
}

func newIncarnation[Req, Resp any](l *Life) *incarnation[Req, Resp] {
	return &incarnation[Req, Resp]{
		life: l,
		ctx:  newRequestContext(context.Background(), l),
	}
}

// behave gives the incarnation its behavior, before anybody asks it.
func (i *incarnation[Req, Resp]) behave(b Behavior[Req, Resp]) {
	i.behavior = b
	i.fn, _ = b.(Func[Req, Resp])
}

// quiet reports whether nobody takes from the queue for this life any more.
func (i *incarnation[Req, Resp]) quiet() bool {
	return i.running.Load() == 0 || i.state.Load()&killed != 0
}

// lost is why a request did not begin that the life had taken when it was
// killed: without a slot nobody comes in its place.
func (i *incarnation[Req, Resp]) lost() error {
	reason := i.life.reasonOr(ErrKilled)
	if i.life.slot == nil {
		return gone(reason)
	}
	return reason
}

// enter marks that the behavior is being run for slot (nil for a cast); false
// when the life has been killed.
func (i *incarnation[Req, Resp]) enter(slot *replySlot[Resp]) bool {
	old := i.state.Load()
	switch {
	case old&killed != 0:
		return false // whoever killed it may be reading current
	case slot != nil:
		i.current = slot
		return i.state.CompareAndSwap(old, inside|serving)
	case old == inside:
		return true // since the cast before this one
	}
	return i.state.CompareAndSwap(old, inside)
}

// stay ends what enter began for a cast, like leave, but another request is
// looked for at once: until there is none the goroutine counts as inside.
// Nobody can tell, because nobody waits for the end of a cast, and a burst of
// them saves what entering and leaving cost.
func (i *incarnation[Req, Resp]) stay() bool {
	return i.state.Load()&killed == 0 || i.leave()
}

// leave ends what enter began; false when the life was killed meanwhile, and
// then the slot is no longer the caller's to answer.
func (i *incarnation[Req, Resp]) leave() bool {
	if old := i.state.Load(); old&killed == 0 && i.state.CompareAndSwap(old, 0) {
		return true
	}
	i.mu.Lock()
	i.state.And(killed)
	returned := i.returned
	i.returned = nil
	i.mu.Unlock()
	if returned != nil {
		returned()
	}
	return false
}

// kill takes what goes on from whoever does it, and returns the request that was
// being handled. A goroutine that is still inside the behavior is abandoned: the
// system knows it by the time that kill returns, also for the second of two who
// kill at once, since what it does next is to end the life.
func (i *incarnation[Req, Resp]) kill() (current *replySlot[Resp]) {
	i.mu.Lock()
	defer i.mu.Unlock()
	old := i.state.Or(killed)
	if old&killed != 0 {
		return nil
	}
	if old&serving != 0 {
		current = i.current
	}
	if old&inside != 0 {
		i.returned = i.life.System().Abandon(i.life)
	}
	return current
}
