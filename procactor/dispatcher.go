package procactor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// dispatcher is what a process and a pool have in common: a queue of calls that wait
// for a worker, and the workers that are there. It outlives the workers. A
// call that finds a free worker and no queue takes it at once and does the
// rest in its own goroutine.
type dispatcher struct {
	sys  *actor.System
	path string
	box  mailbox.Config

	queue *mailbox.Queue[*ticket]

	poison quarantine
	over   atomic.Bool // gone is set

	open          atomic.Int64 // admitted requests whose end has not come
	someoneDrains atomic.Bool  // somebody waits for quiet

	debugged atomic.Bool // a worker was started for a debugger

	wanted chan struct{} // of a pool: calls have begun to wait; capacity 1
	tell   atomic.Bool   // wanted is to be told, once

	mu       sync.Mutex // protects the following
	queued   bool       // the queue has something
	gen      uint64     // of the queue's consumer
	backends []backend  // workers that take calls
	retries  []*ticket  // come before the queue: calls that a death sent back, and its head
	width    int        // workers that there should be
	tasks    int        // the greatest Concurrent of the worker's tasks, for Width
	gone     error      // set when no worker will come
	waiting  []chan struct{}
}

// ticket is a call that waits for a worker.
type ticket struct {
	task    string
	want    int // Concurrent of the task
	granted chan grant

	mu      sync.Mutex // protects the following
	settled bool       // granted, or given up
}

// grant is what a ticket is answered with: a worker, or why there is none.
type grant struct {
	backend backend
	err     error
}

func newDispatcher(sys *actor.System, path string, box mailbox.Config, width int) *dispatcher {
	c := &dispatcher{sys: sys, path: path, box: box, width: width, tasks: 1, wanted: make(chan struct{}, 1)}
	c.queue = mailbox.NewScheduled(box, c.dropped, c.wake)
	return c
}

func newTicket(task string, want int) *ticket {
	return &ticket{task: task, want: want, granted: make(chan grant, 1)}
}

// settle answers the ticket; false when its caller has gone.
func (t *ticket) settle(g grant) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.settled {
		return false
	}
	t.settled = true
	t.granted <- g
	return true
}

// giveUp ends the wait; false when the answer is there already.
func (t *ticket) giveUp() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.settled {
		return false
	}
	t.settled = true
	return true
}

func (t *ticket) isSettled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.settled
}

// dropped tells the caller of an evicted call.
func (c *dispatcher) dropped(t *ticket) {
	t.settle(grant{err: fmt.Errorf("%w: evicted by a newer request", actor.ErrFull)})
}

// wake is called by the queue when it has something and nobody takes it.
func (c *dispatcher) wake(gen uint64) {
	c.mu.Lock()
	c.queued, c.gen = true, gen
	c.mu.Unlock()
	c.assign()
}

// admission is a place in the queue, or a worker if one was free.
type admission struct {
	backend backend
	ticket  *ticket
}

// admit takes a free worker, or a place in the queue; it waits only for room
// there, and only if that is wanted. front puts a call that a death sent back
// before all others. Unless it fails, deliver must follow.
func (c *dispatcher) admit(ctx context.Context, t wire.TaskInfo, front bool) (admission, error) {
	want := int(max(t.Concurrent, 1))
	c.mu.Lock()
	if c.gone != nil {
		defer c.mu.Unlock()
		return admission{}, c.gone
	}
	if !front {
		c.open.Add(1)
	}
	if !c.queued && len(c.retries) == 0 {
		if s := c.free(t.Name, want); s != nil {
			s.leased().take(s.allowed(t.Name, want))
			c.mu.Unlock()
			return admission{backend: s}, nil
		}
	}
	k := newTicket(t.Name, want)
	if front {
		c.retries = append(c.retries, k)
	}
	c.mu.Unlock()
	if front {
		c.assign()
		c.begunToWait()
		return admission{ticket: k}, nil
	}
	if err := c.enqueue(ctx, k); err != nil {
		c.ended()
		return admission{}, err
	}
	c.begunToWait()
	return admission{ticket: k}, nil
}

// ended says that an admitted request has ended.
func (c *dispatcher) ended() {
	c.open.Add(-1)
	if c.someoneDrains.Load() {
		c.changed()
	}
}

// lease waits for the admission's worker, which runs one call for the caller,
// who gives it back by [leases.release].
func (c *dispatcher) lease(ctx context.Context, a admission) (backend, error) {
	if a.backend != nil {
		return a.backend, nil
	}
	var g grant
	select {
	case g = <-a.ticket.granted:
	case <-ctx.Done():
		if a.ticket.giveUp() {
			if c.queue.Len() > 0 { // what waits in vain must not take up room
				c.queue.Prune((*ticket).isSettled)
			}
			c.assign() // it may have stood before one that can begin
			return nil, actor.ContextError(ctx)
		}
		g = <-a.ticket.granted
	}
	if g.err == nil && ctx.Err() != nil { // both at once: it is not sent
		g.backend.leased().release()
		return nil, actor.ContextError(ctx)
	}
	return g.backend, g.err
}

// enqueue puts the ticket into the queue, waiting for room if that is wanted.
func (c *dispatcher) enqueue(ctx context.Context, k *ticket) error {
	err := c.queue.TryPut(k)
	if errors.Is(err, mailbox.ErrFull) && actor.MayWait(ctx) {
		err = c.queue.Put(ctx, k)
		if err != nil && ctx.Err() != nil && !errors.Is(err, mailbox.ErrClosed) {
			return actor.ContextError(ctx)
		}
	}
	if errors.Is(err, mailbox.ErrClosed) {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.gone
	}
	return err
}

// free returns a worker that may begin a call; with c.mu held. The one that
// has been longest in use comes first: it is warm, and the others stay cold.
func (c *dispatcher) free(task string, want int) backend {
	for _, s := range c.backends {
		if s.leased().mayTake(s.allowed(task, want)) {
			return s
		}
	}
	return nil
}

// hasRoom reports whether a worker may begin a call of some task; with c.mu
// held.
func (c *dispatcher) hasRoom() bool {
	return slices.ContainsFunc(c.backends, func(s backend) bool { return s.leased().mayTake(math.MaxInt) })
}

// assign gives waiting calls to free workers, in order.
func (c *dispatcher) assign() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.retries) > 0 || c.queued {
		if len(c.retries) == 0 {
			if !c.hasRoom() {
				return // what waits stays in the queue, which is bounded
			}
			k, ok := c.queue.Next(c.gen)
			if !ok {
				c.queued = false
				return
			}
			c.retries = append(c.retries, k)
		}
		k := c.retries[0]
		s := c.free(k.task, k.want)
		if s == nil && !k.isSettled() {
			return // the first waits, and nothing overtakes it
		}
		c.retries = c.retries[1:]
		if s != nil {
			c.handTo(k, s)
		}
	}
}

// handTo gives the worker to the ticket; with c.mu held.
func (c *dispatcher) handTo(k *ticket, s backend) {
	if k.settle(grant{backend: s}) {
		s.leased().take(s.allowed(k.task, k.want))
	}
}

// add takes a worker into service.
func (c *dispatcher) add(s backend) {
	c.mu.Lock()
	c.backends = append(c.backends, s)
	for _, t := range s.tasks() {
		c.tasks = max(c.tasks, int(min(t.Concurrent, math.MaxInt32)))
	}
	c.mu.Unlock()
	c.assign()
}

// remove takes a worker out of service; its calls go on.
func (c *dispatcher) remove(s backend) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.backends = slices.DeleteFunc(c.backends, func(o backend) bool { return o == s })
}

// close answers all that waits: no worker will come.
func (c *dispatcher) close(reason error) {
	c.mu.Lock()
	if c.gone != nil {
		c.mu.Unlock()
		return
	}
	c.gone = actor.ErrNoActor
	c.over.Store(true)
	if reason != nil && !errors.Is(reason, actor.ErrNoActor) {
		c.gone = fmt.Errorf("%w: %w", actor.ErrNoActor, reason)
	}
	err := c.gone
	left := c.retries
	c.retries = nil
	c.mu.Unlock()
	for _, k := range append(left, c.queue.Close()...) {
		k.settle(grant{err: err})
	}
	c.changed()
}

// inService returns the workers that take calls.
func (c *dispatcher) inService() []backend {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.backends)
}

func (c *dispatcher) workers() []WorkerInfo {
	c.mu.Lock()
	defer c.mu.Unlock()
	infos := make([]WorkerInfo, len(c.backends))
	for i, s := range c.backends {
		infos[i] = WorkerInfo{PID: s.leased().life.PID(), Process: s.process(), Calls: s.leased().running}
	}
	return infos
}

// maxWidth is how many calls can run at once of a task that allows so many in
// one worker: what the workers say of themselves is no more than that.
func (c *dispatcher) maxWidth(most int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.width * min(c.tasks, most)
}

// setWidth says how many workers there should be from now on.
func (c *dispatcher) setWidth(width int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.width = width
}

// changed has who waits for quiet look again.
func (c *dispatcher) changed() {
	c.mu.Lock()
	waiting := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	for _, w := range waiting {
		close(w)
	}
}

// drained waits until nothing waits and nothing runs.
func (c *dispatcher) drained(ctx context.Context) error {
	c.someoneDrains.Store(true)
	for {
		c.mu.Lock()
		quiet := c.open.Load() == 0
		for _, s := range c.backends { // calls that were given up run on
			quiet = quiet && s.leased().running == 0
		}
		w := make(chan struct{})
		c.waiting = append(c.waiting, w)
		c.mu.Unlock()
		if quiet {
			return nil
		}
		select {
		case <-w:
		case <-ctx.Done():
			return actor.ContextError(ctx)
		}
	}
}

// someWait reports whether a call waits for a worker.
func (c *dispatcher) someWait() bool {
	if c.queue.Len() > 0 {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.retries, func(k *ticket) bool { return !k.isSettled() })
}

// tellWanted has the pool told, once, that calls wait: now, if some do, or when
// one begins to.
func (c *dispatcher) tellWanted() {
	c.tell.Store(true)
	c.begunToWait()
}

// begunToWait tells the pool that calls wait, if they do and it is to be told.
func (c *dispatcher) begunToWait() {
	if !c.tell.Load() || !c.someWait() || !c.tell.CompareAndSwap(true, false) {
		return
	}
	select {
	case c.wanted <- struct{}{}:
	default:
	}
}
