package actor

import "github.com/proctor-dev/proctor/internal/record"

// abandoned is a goroutine that ignored that it was asked to stop: it goes on,
// but nobody listens to it any more.
type abandoned struct {
	pid  PID
	done chan struct{} // closed when it returned after all
}

// Abandon reports that the goroutine of the life l does not stop, and keeps
// its name for [System.Close] until the returned function is called, which
// whoever wrote the cell does when the goroutine returned after all.
func (s *System) Abandon(l *Life) (returned func()) {
	a := &abandoned{pid: l.pid, done: make(chan struct{})}
	s.mu.Lock()
	s.abandoned[a] = struct{}{}
	s.mu.Unlock()
	record.ActorAbandoned.Log(s.Logger(), record.PID(l.pid))
	return func() {
		s.mu.Lock()
		delete(s.abandoned, a)
		s.mu.Unlock()
		close(a.done)
		record.AbandonedReturned.Log(s.Logger(), record.PID(l.pid))
	}
}
