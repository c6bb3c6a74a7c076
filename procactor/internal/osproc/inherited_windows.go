package osproc

// handed is what a worker has: handles, which keep their numbers.
func (p *pipes) handed(*Family, int) Handed {
	h := Handed{Requests: p.requestsR.Fd(), Replies: p.repliesW.Fd(), Crash: p.crashW.Fd()}
	if p.begunR != nil {
		h.Begun = p.begunR.Fd()
	}
	return h
}

// CloseInherited does nothing: a child inherits the handles that it was given.
func CloseInherited([]uintptr) {}
