package actor

import (
	"context"
	"sync"
)

// incarnation is one life of a cell with the behavior that lives it.
type incarnation[Req, Resp any] struct {
	life     *Life
	behavior Behavior[Req, Resp]
	fn       Func[Req, Resp] // set when the behavior is one: no emit is needed
	ctx      *requestContext // for requests without a context of their own

	mu       sync.Mutex // protects the following
	running  int        // goroutines that take from the queue; a second only until it sees that it is not its turn
	busy     bool       // a goroutine is inside the behavior
	current  *replySlot[Resp]
	dead     bool   // killed: what the goroutine still does is not heard
	returned func() // tells the system that an abandoned goroutine came back
}

func newIncarnation[Req, Resp any](l *Life, c *cell[Req, Resp], b Behavior[Req, Resp]) *incarnation[Req, Resp] {
	fn, _ := b.(Func[Req, Resp])
	return &incarnation[Req, Resp]{
		life: l, behavior: b, fn: fn,
		ctx: newRequestContext(context.Background(), l, c),
	}
}

func (i *incarnation[Req, Resp]) addRunning(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.running += n
}

// enter marks that the behavior is being run for slot (nil for a cast); false
// when the life has been killed.
func (i *incarnation[Req, Resp]) enter(slot *replySlot[Resp]) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.dead {
		return false
	}
	i.busy, i.current = true, slot
	return true
}

// leave ends what enter began; false when the life was killed meanwhile, and
// then the slot is no longer the caller's to answer.
func (i *incarnation[Req, Resp]) leave() bool {
	i.mu.Lock()
	i.busy, i.current = false, nil
	returned := i.returned
	i.returned = nil
	dead := i.dead
	i.mu.Unlock()
	if returned != nil {
		returned()
	}
	return !dead
}

// kill abandons whatever goroutine is inside the behavior, and returns the
// request it was handling.
func (i *incarnation[Req, Resp]) kill() (current *replySlot[Resp], busy bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.dead {
		return nil, false
	}
	i.dead = true
	current, i.current = i.current, nil
	return current, i.busy
}

// setReturned keeps the function to call when the abandoned goroutine returns;
// false when it has already.
func (i *incarnation[Req, Resp]) setReturned(f func()) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.busy {
		return false
	}
	i.returned = f
	return true
}
