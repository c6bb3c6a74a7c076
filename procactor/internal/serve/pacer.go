package serve

import "time"

// pace is how often a busy worker looks after what short calls need not pay
// for each.
const pace = time.Millisecond

// pacer ticks while calls come, and rests otherwise. A timer for each call
// would cost more than a small call.
type pacer struct {
	timer  *time.Timer
	armed  bool
	starts uint64 // calls begun
	seen   uint64 // starts at the last tick
	held   *call  // ran on the goroutine that reads at the last tick
}

// pace notes that a call begins; s.mu must be held.
func (s *Server) pace() {
	s.tick.starts++
	if s.tick.armed {
		return
	}
	s.tick.armed = true
	if s.tick.timer == nil {
		s.tick.timer = time.AfterFunc(pace, s.onTick)
		return
	}
	s.tick.timer.Reset(pace)
}

// onTick is the tick. It says STARTED for calls that were not answered at once,
// so that the parent learns of it within two ticks. A call that has held the
// goroutine that reads since the last tick has the reading taken over by this
// one: then CANCEL, PING and the parent's end are seen while it runs.
func (s *Server) onTick() {
	s.mu.Lock()
	takeOver := s.inline != nil && s.inline == s.tick.held
	if takeOver {
		s.inline = nil
	}
	s.tick.held = s.inline
	s.tick.armed = s.inline != nil || s.tick.starts != s.tick.seen
	s.tick.seen = s.tick.starts
	if s.tick.armed {
		s.tick.timer.Reset(pace)
	}
	for _, c := range s.calls {
		if !c.told {
			c.told = true
			c.tell()
		}
	}
	s.mu.Unlock()
	if takeOver {
		s.read()
	}
}
