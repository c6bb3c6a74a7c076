package actor

import (
	"context"
	"sync"
	"sync/atomic"
)

// What an incarnation's state says; killed is never taken back.
const (
	inside uint32 = 1 << iota // a goroutine is inside the behavior
	killed                    // what the goroutine still does is not heard
)

// incarnation is one life of a cell with the behavior that lives it.
type incarnation[Req, Resp any] struct {
	life     *Life
	behavior Behavior[Req, Resp]
	fn       Func[Req, Resp] // set when the behavior is one: no emit is needed
	ctx      *requestContext // for requests without a context of their own

	running atomic.Int32 // goroutines that take from the queue; a second only until it sees that it is not its turn

	// state is a word, not fields under a lock, because each request changes it
	// twice. current is written before inside is set, by who sets it, and read
	// by whoever sets killed and finds inside set: from then on the goroutine
	// inside leaves it alone.
	state   atomic.Uint32
	current *replySlot[Resp]

	mu       sync.Mutex // protects the following, and the change of state when an abandoned goroutine leaves
	returned func()     // tells the system that an abandoned goroutine came back
}

func newIncarnation[Req, Resp any](l *Life, c *cell[Req, Resp], b Behavior[Req, Resp]) *incarnation[Req, Resp] {
	fn, _ := b.(Func[Req, Resp])
	return &incarnation[Req, Resp]{
		life: l, behavior: b, fn: fn,
		ctx: newRequestContext(context.Background(), l, c),
	}
}

// quiet reports whether nobody takes from the queue for this life any more.
func (i *incarnation[Req, Resp]) quiet() bool {
	return i.running.Load() == 0 || i.state.Load()&killed != 0
}

// enter marks that the behavior is being run for slot (nil for a cast); false
// when the life has been killed.
func (i *incarnation[Req, Resp]) enter(slot *replySlot[Resp]) bool {
	if i.state.Load()&killed != 0 {
		return false // whoever killed it may be reading current
	}
	i.current = slot
	return i.state.CompareAndSwap(0, inside)
}

// leave ends what enter began; false when the life was killed meanwhile, and
// then the slot is no longer the caller's to answer.
func (i *incarnation[Req, Resp]) leave() bool {
	if i.state.CompareAndSwap(inside, 0) {
		return true
	}
	i.mu.Lock()
	i.state.And(^inside)
	returned := i.returned
	i.returned = nil
	i.mu.Unlock()
	if returned != nil {
		returned()
	}
	return false
}

// kill abandons whatever goroutine is inside the behavior, and returns the
// request it was handling.
func (i *incarnation[Req, Resp]) kill() (current *replySlot[Resp], busy bool) {
	if i.state.Or(killed) != inside { // nobody is in there, or it was killed before
		return nil, false
	}
	return i.current, true
}

// setReturned keeps the function to call when the abandoned goroutine returns;
// false when it has already.
func (i *incarnation[Req, Resp]) setReturned(f func()) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.state.Load()&inside == 0 {
		return false
	}
	i.returned = f
	return true
}
