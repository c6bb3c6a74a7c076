package serve

import "github.com/proctor-dev/proctor/procactor/wire"

// stop begins nothing new from now on. What runs may need more from the parent,
// such as credit or to be canceled, so the worker reads on until the last call
// has ended.
func (s *Server) stop() {
	if s.options.Awaiter != nil && s.in.awake == nil {
		if a, err := s.options.Awaiter(); err == nil { // without one a read that has begun takes what comes last
			s.in.awake = &a
		}
	}
	s.mu.Lock()
	s.stopping = true
	s.noPrep(errStopping)
	idle := len(s.calls) == 0
	s.mu.Unlock()
	if idle {
		s.in.resting.Store(true) // this goroutine reads: it sees that next
	}
}

// rest ends the reading when the last call has ended after STOP.
func (s *Server) rest() {
	s.in.resting.Store(true)
	if s.in.awake != nil {
		s.in.awake.Wake()
		return
	}
	s.finish(false) // nothing can end a read that waits
}

// leave is the end of the reading: each request that was taken from the pipe,
// if only in part, is answered, since the parent cannot know of it otherwise.
func (s *Server) leave() {
	taken := s.asm.Unfinished(wire.KindRequest)
	if h, ok := s.reader.Begun(); ok && h.Kind == wire.KindRequest {
		taken = append(taken, h.ID)
	}
	for _, id := range taken {
		s.refuse(id)
	}
	s.finish(false)
	if s.in.awake != nil {
		s.in.awake.End() // a clean-up that hangs must not outlive the parent
		s.finish(true)
	}
}

// refuse answers a request that came too late.
func (s *Server) refuse(id uint64) {
	s.fail(id, wire.Failure{Class: wire.ClassStopping, Message: "the worker is stopping"})
}
