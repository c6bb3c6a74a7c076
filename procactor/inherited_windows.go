package procactor

// handed is what a worker has: handles, which keep their numbers.
func (p *pipes) handed(*family, int) handed {
	h := handed{requests: p.requestsR.Fd(), replies: p.repliesW.Fd(), crash: p.crashW.Fd()}
	if p.begunR != nil {
		h.begun = p.begunR.Fd()
	}
	return h
}

// closeInherited does nothing: a child inherits the handles that it was given.
func closeInherited([]uintptr) {}
