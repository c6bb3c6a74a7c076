package actor

import "sync"

// maxIdleRunners bounds the goroutines that wait for work. More than a few
// are only of use after a burst.
const maxIdleRunners = 64

// runners keeps goroutines between two uses: a fresh goroutine grows its stack
// anew for every wake-up of an actor, which costs more than the message.
type runners struct {
	mu     sync.Mutex
	idle   []chan func() // last in, first out: the warmest stack
	closed bool
}

// run has f run on a goroutine. It does not block.
func (r *runners) run(f func()) {
	r.mu.Lock()
	if n := len(r.idle); n > 0 {
		work := r.idle[n-1]
		r.idle = r.idle[:n-1]
		r.mu.Unlock()
		work <- f
		return
	}
	r.mu.Unlock()
	go r.loop(f)
}

func (r *runners) loop(f func()) {
	work := make(chan func(), 1)
	for {
		f()
		r.mu.Lock()
		if r.closed || len(r.idle) == maxIdleRunners {
			r.mu.Unlock()
			return
		}
		r.idle = append(r.idle, work)
		r.mu.Unlock()
		if f = <-work; f == nil {
			return
		}
	}
}

// close lets the idle goroutines end; run still works after it.
func (r *runners) close() {
	r.mu.Lock()
	r.closed = true
	idle := r.idle
	r.idle = nil
	r.mu.Unlock()
	for _, work := range idle {
		work <- nil
	}
}
