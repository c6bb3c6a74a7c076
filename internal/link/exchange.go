package link

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// Exchange is one call on one connection: from its REQUEST to the frame that
// ends it, or to the death of the worker. It ends exactly once, also when the
// caller has given up: only then is the worker free for the next.
//
// Call may be set before the exchange is begun, and read after it has ended.
// Methods may be called from any goroutine.
type Exchange struct {
	Call Call

	id     uint64
	ready  chan struct{} // capacity 1: something came for the caller
	isDone atomic.Bool   // the answer is there; set before ready
	end    atomic.Uint64 // where the request ends in the bytes for the worker; notSent before that is known

	mu       sync.Mutex // protects the following
	answer   Answer
	payload  []byte // the buffer of answer.Payload
	started  bool
	told     bool // by STARTED
	gaveUp   bool
	late     func()   // called, on its own goroutine, at the end of a call that was given up
	items    [][]byte // of a stream, not taken yet
	window   int64    // what the worker may still send of a stream
	granted  []*grantedCredit
	streamed bool
	spoiled  error // an item of the stream was over the limit
}

// Call is what an exchange is about, for whoever tells of its end; the link does
// not look at it.
type Call struct {
	Task  string
	Key   string // empty: it has none
	Trace string // its traceparent; empty: it has none
}

// grantedCredit is a CREDIT that the worker may not have been sent yet.
type grantedCredit struct {
	bytes int64
	end   atomic.Uint64 // where it ends in the bytes for the worker
}

// Answer is how an exchange ended.
type Answer struct {
	Kind     wire.Kind      // REPLY, END or ERROR; zero when Err says why there is none
	Payload  []byte         // of that frame; valid as long as the exchange is not used again
	Err      error          // the end of the worker or the link
	Delivery actor.Delivery // how far it got, with Err
}

// Malformed says what is wrong with the answer's payload; nil: nothing.
func (a Answer) Malformed() (err error) {
	switch a.Kind { //nolint:exhaustive // no other kind is an answer
	case wire.KindReply:
		_, err = wire.ParseReply(a.Payload)
	case wire.KindEnd:
		_, err = wire.ParseEnd(a.Payload)
	case wire.KindError:
		_, err = wire.ParseError(a.Payload)
	}
	return err
}

// notSent is the end of a request of which no byte can have been written.
const notSent = math.MaxUint64

// NewExchange returns an exchange that is not begun. The worker may send window
// bytes of a stream before it gets credit.
func NewExchange(window uint32, stream bool) *Exchange {
	x := &Exchange{ready: make(chan struct{}, 1), window: int64(window), streamed: stream}
	x.end.Store(notSent)
	return x
}

func (x *Exchange) signal() {
	select {
	case x.ready <- struct{}{}:
	default:
	}
}

// ID returns the number of the call on its connection; zero before it is begun.
func (x *Exchange) ID() uint64 { return x.id }

// Streamed reports whether the call is a stream.
func (x *Exchange) Streamed() bool { return x.streamed }

// Ready returns a channel that has a value when something came for the caller,
// for one receiver.
func (x *Exchange) Ready() <-chan struct{} { return x.ready }

// Answered reports whether the answer is there.
func (x *Exchange) Answered() bool { return x.isDone.Load() }

// begun marks that STARTED came; an error when it came before: a worker could
// say it without end.
func (x *Exchange) begun() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.told {
		return fmt.Errorf("a second %s came for call %d", wire.KindStarted, x.id)
	}
	x.started, x.told = true, true
	return nil
}

// Finish ends the exchange; only the first call counts.
func (x *Exchange) Finish(a Answer) {
	x.mu.Lock()
	if x.isDone.Load() {
		x.mu.Unlock()
		return
	}
	x.payload = append(x.payload[:0], a.Payload...)
	a.Payload = x.payload
	x.answer = a
	x.isDone.Store(true)
	late := x.late
	if !x.gaveUp {
		x.signal() // with the lock held: whoever has read the result is the last to touch x
	}
	x.mu.Unlock()
	if late != nil {
		go late()
	}
}

// Reuse makes an ended exchange, which nobody has given up, ready for another call.
func (x *Exchange) Reuse() {
	select {
	case <-x.ready:
	default:
	}
	x.isDone.Store(false)
	x.end.Store(notSent)
	if cap(x.payload) > KeepBuffer {
		x.payload = nil
	}
	x.answer, x.started, x.told = Answer{}, false, false
}

// Abandon gives the answer up for the caller; false when it is already there.
// late is called when it comes, on a goroutine of its own.
func (x *Exchange) Abandon(late func()) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.isDone.Load() {
		return false
	}
	x.gaveUp, x.late, x.items = true, late, nil
	return true
}

// Result returns the answer once it is there.
func (x *Exchange) Result() Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.answer
}

// Started reports whether the call may have started in a dead worker that had
// read so many of the bytes it was sent. It certainly did not if STARTED has not
// come and the worker had not read all of the request. Otherwise it may have:
// STARTED waits for company in the worker.
func (x *Exchange) Started(read uint64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.started || x.end.Load() <= read
}

// spoil notes that an item of the stream is missing, and why: its consumer
// gives up.
func (x *Exchange) spoil(err error) {
	x.mu.Lock()
	x.spoiled = err
	x.mu.Unlock()
	x.signal()
}

// whole returns nil as long as no item is missing.
func (x *Exchange) whole() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.spoiled
}

// addItem takes an item of a stream; an error when the worker had no credit.
// sent is how many bytes the worker was sent so far.
func (x *Exchange) addItem(body []byte, sent uint64) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.streamed {
		return x.errNoStream()
	}
	if x.settle(sent); x.window <= 0 {
		return fmt.Errorf("stream %d sent more than its credit", x.id)
	}
	x.window -= int64(max(len(body), 1))
	x.started = true // an item says so by itself
	if x.gaveUp {
		return nil
	}
	x.items = append(x.items, append([]byte(nil), body...))
	x.signal()
	return nil
}

func (x *Exchange) errNoStream() error {
	return fmt.Errorf("call %d is no stream, but an %s came for it", x.id, wire.KindItem)
}

// takeItems returns what has come of a stream.
func (x *Exchange) takeItems() [][]byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	items := x.items
	x.items = nil
	return items
}

// grant gives the worker n more bytes to send, as soon as it was sent the CREDIT
// that ends where the result says: one that reads nothing gets no more, and so
// cannot have its CREDITs pile up here.
func (x *Exchange) grant(n uint32, sent uint64) (end *atomic.Uint64) {
	g := &grantedCredit{bytes: int64(n)}
	g.end.Store(notSent)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.settle(sent)
	x.granted = append(x.granted, g)
	return &g.end
}

// settle counts the credit that was sent. x.mu must be held.
func (x *Exchange) settle(sent uint64) {
	for len(x.granted) > 0 && x.granted[0].end.Load() <= sent {
		x.window += x.granted[0].bytes
		x.granted = x.granted[1:]
	}
}
