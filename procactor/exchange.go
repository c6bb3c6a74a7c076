package procactor

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// exchange is one call on one connection: from its REQUEST to the frame that
// ends it, or to the death of the worker. It ends exactly once, also when the
// caller has given up: only then is the worker free for the next.
type exchange struct {
	id     uint64
	call   record.Call   // what it is, for the record of a death; set before it is begun
	ready  chan struct{} // capacity 1: something came for the caller
	isDone atomic.Bool   // the answer is there; set before ready
	end    atomic.Uint64 // where the request ends in the bytes for the worker; notSent before that is known

	mu       sync.Mutex // protects the following
	answer   answer
	payload  []byte // the buffer of answer.payload
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

// grantedCredit is a CREDIT that the worker may not have been sent yet.
type grantedCredit struct {
	bytes int64
	end   atomic.Uint64 // where it ends in the bytes for the worker
}

// answer is how an exchange ended.
type answer struct {
	kind     wire.Kind      // REPLY, END or ERROR; zero when err says why there is none
	payload  []byte         // of that frame; valid as long as the exchange is not used again
	err      error          // the end of the worker or the link
	delivery actor.Delivery // how far it got, with err
	death    death          // what the death means that err tells of
	died     error          // that death; nil: there was none
	process  int            // that died
}

// malformed says what is wrong with the answer's payload.
func (a answer) malformed() (err error) {
	switch a.kind { //nolint:exhaustive // no other kind is an answer
	case wire.KindReply:
		_, err = wire.ParseReply(a.payload)
	case wire.KindEnd:
		_, err = wire.ParseEnd(a.payload)
	case wire.KindError:
		_, err = wire.ParseError(a.payload)
	}
	return err
}

// notSent is the end of a request of which no byte can have been written.
const notSent = math.MaxUint64

func newExchange(window uint32, stream bool) *exchange {
	x := &exchange{ready: make(chan struct{}, 1), window: int64(window), streamed: stream}
	x.end.Store(notSent)
	return x
}

func (x *exchange) signal() {
	select {
	case x.ready <- struct{}{}:
	default:
	}
}

func (x *exchange) isReady() bool { return x.isDone.Load() }

// begun marks that STARTED came; an error when it came before: a worker could
// say it without end.
func (x *exchange) begun() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.told {
		return fmt.Errorf("a second %s came for call %d", wire.KindStarted, x.id)
	}
	x.started, x.told = true, true
	return nil
}

// finish ends the exchange; only the first call counts.
func (x *exchange) finish(a answer) {
	x.mu.Lock()
	if x.isDone.Load() {
		x.mu.Unlock()
		return
	}
	x.payload = append(x.payload[:0], a.payload...)
	a.payload = x.payload
	x.answer = a
	x.isDone.Store(true)
	late := x.late
	if !x.gaveUp {
		x.signal() // with the lock held: who has read the result is the last to touch x
	}
	x.mu.Unlock()
	if late != nil {
		go late()
	}
}

// again makes an ended exchange ready for another call.
func (x *exchange) again() {
	select {
	case <-x.ready:
	default:
	}
	x.isDone.Store(false)
	x.end.Store(notSent)
	if cap(x.payload) > keepBuffer {
		x.payload = nil
	}
	x.answer, x.started, x.told = answer{}, false, false
}

// abandon gives the answer up for the caller; false when it is already there.
// late is called when it comes.
func (x *exchange) abandon(late func()) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.isDone.Load() {
		return false
	}
	x.gaveUp, x.late, x.items = true, late, nil
	return true
}

// result returns the answer once it is there.
func (x *exchange) result() answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.answer
}

// state says how far the call got with a dead worker that had read so many of
// the bytes it was sent. It certainly did not start if STARTED has not come
// and the worker had not read all of the request. Otherwise it may have:
// STARTED waits for company in the worker.
func (x *exchange) state(read uint64) CallState {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.started || x.end.Load() <= read {
		return CallStarted
	}
	return CallSent
}

// spoil notes that an item of the stream is missing, and why: its consumer
// gives up.
func (x *exchange) spoil(err error) {
	x.mu.Lock()
	x.spoiled = err
	x.mu.Unlock()
	x.signal()
}

// whole returns nil as long as no item is missing.
func (x *exchange) whole() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.spoiled
}

// addItem takes an item of a stream; an error when the worker had no credit.
// sent is how many bytes the worker was sent so far.
func (x *exchange) addItem(body []byte, sent uint64) error {
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

func (x *exchange) errNoStream() error {
	return fmt.Errorf("call %d is no stream, but an %s came for it", x.id, wire.KindItem)
}

// takeItems returns what has come of a stream.
func (x *exchange) takeItems() [][]byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	items := x.items
	x.items = nil
	return items
}

// grant gives the worker n more bytes to send, as soon as it was sent the CREDIT
// that ends where the result says: one that reads nothing gets no more, and so
// cannot have its CREDITs pile up here.
func (x *exchange) grant(n uint32, sent uint64) (end *atomic.Uint64) {
	g := &grantedCredit{bytes: int64(n)}
	g.end.Store(notSent)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.settle(sent)
	x.granted = append(x.granted, g)
	return &g.end
}

// settle counts the credit that was sent; with x.mu held.
func (x *exchange) settle(sent uint64) {
	for len(x.granted) > 0 && x.granted[0].end.Load() <= sent {
		x.window += x.granted[0].bytes
		x.granted = x.granted[1:]
	}
}
