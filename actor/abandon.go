package actor

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
	s.Logger().Warn("actor ignored its stop and is abandoned; its goroutine still runs", "pid", l.pid)
	return func() {
		s.mu.Lock()
		delete(s.abandoned, a)
		s.mu.Unlock()
		close(a.done)
		s.Logger().Info("abandoned actor returned after all", "pid", l.pid)
	}
}
