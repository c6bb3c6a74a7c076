package serve

import (
	"errors"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// read takes frames until the parent is gone, or until the reading was taken
// over by another goroutine.
func (s *Server) read() {
	for {
		f, err := s.reader.Next()
		if errors.Is(err, errRests) {
			s.leave()
			return
		}
		if err != nil {
			s.unreadable(err)
			return
		}
		whole, ok, err := s.asm.Add(f)
		switch {
		case err != nil:
			if !s.tooLong(whole, err) {
				s.unreadable(err)
				return
			}
		case ok:
			if keep := s.takeFrame(whole); !keep {
				return
			}
		}
	}
}

// unreadable ends the worker: its parent is gone, or talks nonsense.
func (s *Server) unreadable(err error) {
	if !link.IsEnd(err) {
		_ = s.out.Frame(wire.KindRefuse, 0, wire.AppendText(nil, err.Error()))
	}
	s.finish(true)
}

// tooLong answers a request that is over the limit for bodies; the connection
// goes on.
func (s *Server) tooLong(f wire.Frame, err error) bool {
	limit := link.BodyLimit(err)
	if f.Kind != wire.KindRequest || limit == nil {
		return false
	}
	s.fail(f.ID, wire.Failure{Class: wire.ClassInput, Message: err.Error(), TooLong: limit})
	return true
}

// takeFrame deals with one message; false when another goroutine reads by now.
func (s *Server) takeFrame(f wire.Frame) (keep bool) {
	switch f.Kind {
	case wire.KindRequest:
		return s.request(f)
	case wire.KindCancel:
		if c := s.find(f.ID); c != nil {
			c.giveUp(wire.ParseText(f.Payload))
		}
	case wire.KindCredit:
		n, err := wire.ParseCredit(f.Payload)
		if err != nil {
			s.unreadable(err)
			return false
		}
		if c := s.find(f.ID); c != nil {
			c.credit(n)
		}
	case wire.KindPing:
		s.pong(f)
	case wire.KindStop:
		s.stop()
	case wire.KindRefuse:
		s.finish(true)
		return false
	default:
		if !f.Kind.Optional() {
			s.unreadable(fmt.Errorf("a parent does not send %s", f.Kind))
			return false
		}
	}
	return true
}

func (s *Server) find(id uint64) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[id]
}

func (s *Server) pong(f wire.Frame) {
	token, err := wire.ParsePing(f.Payload)
	if err != nil {
		return
	}
	p := wire.Pong{Token: token, Started: s.started.Load(), Finished: s.finished.Load()}
	s.mu.Lock()
	now := time.Now()
	for _, c := range s.calls {
		p.Oldest = max(p.Oldest, now.Sub(c.begun))
	}
	s.mu.Unlock()
	_ = s.out.Frame(wire.KindPong, 0, wire.AppendPong(nil, p))
}

// request begins a call, on this goroutine if it may run alone.
func (s *Server) request(f wire.Frame) (keep bool) {
	c, j := s.accept(f)
	if c == nil {
		return true
	}
	if c.task.Info.Concurrent > 1 {
		go c.run(j)
		return true
	}
	c.run(j)
	return c.reads
}
