package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
)

// pingInterval is how often a worker is asked for a sign of life, at least.
const pingInterval = 5 * time.Second

// pingPlan is how often a worker is asked for a sign of life, and how many times
// in vain before it counts as hung; zero misses: never. Misses are counted, and
// not the time, because time also passes while this process is stopped.
func pingPlan(silence time.Duration) (every time.Duration, misses uint64) {
	if silence == actor.Infinity {
		return pingInterval, 0
	}
	const least = 3
	every = max(min(pingInterval, silence/least), time.Millisecond)
	return every, uint64(max((silence+every-1)/every, 1))
}

// watch is the life of a worker that is in service: it waits for its end, or
// brings it about, and then says to everybody how it ended.
func (s *seat) watch() {
	stopped := s.untilEnd()
	waitFor(s.exited, osproc.ReapBound)
	died := s.bury()
	s.blameHung(died) // before anybody learns of its end
	open := s.takeLeft(died)
	s.served = s.conn.Carried() > uint64(len(open))
	s.called = s.called || errors.Is(died.Why, ErrOverdue) || isBadAnswer(s.conn.Reason())
	_ = s.conn.Close()
	s.child.begun.Close()
	keepName(s.life, s.exited)
	reason := endOfLife(stopped, died, s.end.Forced, s.ownEnd(died, len(open)))
	tellEnd(record.WorkerDied, s.life, reason, died)
	s.life.EndAnswering(reason, func() {
		for _, l := range open {
			l.call.Finish(link.Answer{Err: l.lost})
		}
	})
}

// untilEnd returns when the process has ended, or was killed; the reason is
// nil unless somebody asked it to stop.
func (s *seat) untilEnd() (stopped error) {
	every, most := pingPlan(cmp.Or(s.worker.Silence, defaultSilence))
	ping := time.NewTicker(every)
	defer ping.Stop()
	var missed misses
	for {
		select {
		case <-s.exited:
			return nil
		case <-s.life.Killed():
			s.killNow(s.reason(actor.ErrKilled), osproc.MotiveOrder)
			return actor.ErrKilled
		case <-s.life.Context().Done():
			return s.stop(context.Cause(s.life.Context()), false)
		case <-s.order:
			if s.spared() {
				s.askLater(every)
				continue
			}
			o, ok := s.ordered()
			if !ok {
				continue
			}
			s.stops.NoteReason(o.why, osproc.MotiveOrder)
			_ = s.stop(o.why, true) // nobody asked the life to stop
			return nil
		case <-s.conn.Closed():
			s.linkEnded()
			return nil
		case <-s.conn.WriteClosed():
			s.linkEnded()
			return nil
		case <-ping.C:
			s.child.Sighted()
			if n := s.conn.Ping(); missed.tooMany(n, most, s.spared) {
				s.killNow(fmt.Errorf("%w for %v", ErrSilent, time.Duration(n)*every), osproc.MotiveSilence)
				return nil
			}
		}
	}
}

// reason is why the life is to end.
func (s *seat) reason(fallback error) error {
	if r := s.life.StopRequested(); r != nil {
		return r
	}
	return fallback
}

// killNow kills the process with its group.
func (s *seat) killNow(why error, kind osproc.Motive) {
	s.stops.NoteKilled(why, kind)
	s.child.KillGroup()
}

// linkEnded deals with a worker that closed its channel, or broke the
// protocol, and may not have ended.
func (s *seat) linkEnded() {
	if s.leaves() { // it was on its way out, or takes our REFUSE to heart
		return
	}
	why := s.conn.Reason()
	if why == nil {
		why = errors.New("it closed its channel and went on")
	}
	s.killNow(&actor.ProtocolError{Peer: "worker " + s.life.PID().Name, Err: why}, osproc.MotiveBreach)
}

// stop goes down the ladder until the process has ended.
func (s *seat) stop(why error, hung bool) error {
	s.core.remove(s)
	kind := osproc.StopWorker
	if hung {
		kind = osproc.StopHung
	}
	act := func(r osproc.Rung) time.Duration {
		s.act(r.Act, why)
		return r.Wait
	}
	if osproc.Descend(osproc.Ladder(kind, cmp.Or(s.worker.Grace, defaultGrace), osproc.HasSignals), act, s.exited, s.life.Killed()) == osproc.DescentCut {
		s.killNow(actor.ErrKilled, osproc.MotiveOrder)
		return actor.ErrKilled
	}
	return why
}

func (s *seat) act(a osproc.StopAct, why error) {
	switch a {
	case osproc.ActStop:
		s.conn.Stop()
	case osproc.ActTerminate:
		s.stops.NoteAsked(why, osproc.MotiveOrder)
		s.child.Terminate()
	case osproc.ActDump:
		s.child.Dump()
	case osproc.ActKill:
		s.killNow(why, osproc.MotiveOrder)
	}
}

// ownEnd is the reason of a life that nobody stopped; open is how many calls its
// end left open.
func (s *seat) ownEnd(died *ExitError, open int) error {
	switch broken := s.conn.Reason(); {
	case broken != nil:
		return &actor.ProtocolError{Peer: "worker " + s.life.PID().String(), Err: errors.Join(broken, died)}
	case s.end.Clean() && open == 0 && died.Why == nil:
		return goodExit{}
	}
	return died
}
