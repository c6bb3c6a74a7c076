package supervise

import (
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/actor"
)

// message is an event on its way to the machine, or one of the things that an
// incarnation does with it beside; one field is set, and the next two with
// exited.
type message struct {
	ev        event
	exited    life // it is over
	reason    error
	settled   *atomic.Bool // false: others do not know of it yet
	question  *question
	withdrawn *question     // its caller has gone
	look      func(up bool) // to be called by the supervisor's goroutine; false: it is over
}

// question is a request and what to do with the answer.
type question struct {
	req   request
	reply func(answer) // called once, by the supervisor; must not block
	gone  atomic.Bool  // its caller does not wait any more
	lets  bool         // set before gone: what is being carried out has its time
	tag   tag          // set by the supervisor when it has seen it
	cut   bool         // set by the supervisor: it had to hurry
}

// inbox is the one queue of a supervisor: exits, results of starts, requests
// and timers in the order of their arrival, so that what arrived first is
// decided first, as in an OTP supervisor's mailbox. Only the parent's stop and
// kill overtake. It needs no bound: each child and each waiting caller has at
// most a few messages in it.
//
// An exit takes its place in the queue before anybody else can know of it, and is
// taken out when all who were to hear of it have: so who hears of it and then
// asks is served after it, and what the supervisor does and says about it comes
// last.
type inbox struct {
	mu     sync.Mutex // protects the following
	queue  []message  // from head on
	head   int
	closed bool

	filled chan struct{} // capacity 1: the queue may not be empty
}

func newInbox() *inbox { return &inbox{filled: make(chan struct{}, 1)} }

// put adds m; false when nobody takes any more. It does not block.
func (b *inbox) put(m message) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.queue = append(b.queue, m)
	b.wake()
	return true
}

// exit adds the end of a life. Whoever ends it has a small stack, and wakes the
// inbox again when settled, nil for none, has become true.
func (b *inbox) exit(l life, reason error, settled *atomic.Bool) {
	b.mu.Lock()
	if !b.closed {
		b.queue = append(b.queue, message{exited: l, reason: reason, settled: settled})
		b.wake()
	}
	b.mu.Unlock()
}

// post adds an event.
func (b *inbox) post(ev event) { b.put(message{ev: ev}) }

// urge adds an event before all others.
func (b *inbox) urge(ev event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.queue = append([]message{{ev: ev}}, b.queue[b.head:]...)
	b.head = 0
	b.wake()
}

// wake says that there is something, if somebody waits for that.
func (b *inbox) wake() {
	select {
	case b.filled <- struct{}{}:
	default:
	}
}

// kept is the most room that an empty inbox keeps for what comes next.
const kept = 64

// take waits for the next message.
func (b *inbox) take() message {
	for {
		b.mu.Lock()
		if b.head < len(b.queue) {
			m := b.queue[b.head]
			if m.settled != nil && !m.settled.Load() {
				b.mu.Unlock()
				<-b.filled
				continue
			}
			b.queue[b.head] = message{}
			b.head++
			if b.head > kept && 2*b.head > len(b.queue) {
				b.shift()
			}
			b.mu.Unlock()
			return m
		}
		b.queue, b.head = b.queue[:0], 0
		if cap(b.queue) > kept {
			b.queue = nil
		}
		b.mu.Unlock()
		<-b.filled
	}
}

// shift gives the room of what was taken to what comes: a busy inbox may never
// be empty. It moves fewer messages than were taken since it last did.
func (b *inbox) shift() {
	n := copy(b.queue, b.queue[b.head:])
	clear(b.queue[n:])
	b.queue, b.head = b.queue[:n], 0
}

// close refuses further messages and returns what was left.
func (b *inbox) close() []message {
	b.mu.Lock()
	defer b.mu.Unlock()
	rest := b.queue[b.head:]
	b.queue, b.head, b.closed = nil, 0, true
	return rest
}

// answer is a reply as callers see it.
type answer struct {
	err     error
	pid     actor.PID
	which   []ChildInfo
	count   Counts
	spec    ChildSpec
	stopped []string // ids
}
