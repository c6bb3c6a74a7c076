package procactor

import "sync"

// stopRecord keeps what we do to end a process. Its methods may be called from any
// goroutine.
type stopRecord struct {
	mu   sync.Mutex // protects the following
	done stops
}

// because notes why the process is to end; the first reason counts.
func (r *stopRecord) because(why error, kind motive) { r.note(why, kind, false, false) }

// asks is because, and a signal that asks for it is on its way.
func (r *stopRecord) asks(why error, kind motive) { r.note(why, kind, true, false) }

// kills is because, and KILL is on its way.
func (r *stopRecord) kills(why error, kind motive) { r.note(why, kind, false, true) }

func (r *stopRecord) note(why error, kind motive, asked, killed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done.why == nil {
		r.done.why, r.done.motive = why, kind
	}
	r.done.asked = r.done.asked || asked
	r.done.killed = r.done.killed || killed
}

// soFar returns what was done until now.
func (r *stopRecord) soFar() stops {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}
