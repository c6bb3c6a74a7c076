package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
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
func (s *workerLife) watch() {
	stopped := s.untilEnd()
	waitFor(s.exited, osproc.ReapBound)
	died := s.collectExit()
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
func (s *workerLife) untilEnd() (stopped error) {
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
			if s.limitsSuspended() {
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
			if n := s.conn.Ping(); missed.tooMany(n, most, s.limitsSuspended) {
				s.killNow(fmt.Errorf("%w for %v", ErrSilent, time.Duration(n)*every), osproc.MotiveSilence)
				return nil
			}
		}
	}
}

// reason is why the life is to end.
func (s *workerLife) reason(fallback error) error {
	if r := s.life.StopRequested(); r != nil {
		return r
	}
	return fallback
}

// killNow kills the process with its group.
func (s *workerLife) killNow(why error, kind osproc.Motive) {
	s.stops.NoteKilled(why, kind)
	s.child.KillGroup()
}

// linkEnded deals with a worker that closed its channel, or broke the
// protocol, and may not have ended.
func (s *workerLife) linkEnded() {
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
func (s *workerLife) stop(why error, hung bool) error {
	s.dispatcher.remove(s)
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

func (s *workerLife) act(a osproc.StopAct, why error) {
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
func (s *workerLife) ownEnd(died *ExitError, open int) error {
	switch broken := s.conn.Reason(); {
	case broken != nil:
		return &actor.ProtocolError{Peer: "worker " + s.life.PID().String(), Err: errors.Join(broken, died)}
	case s.end.Clean() && open == 0 && died.Why == nil:
		return normalExit{}
	}
	return died
}

// endOfLife is the reason with which a life ends whose process has: stopped is why
// somebody stopped it, nil when nobody did, and own the reason it would have then.
func endOfLife(stopped error, died *ExitError, forced bool, own error) error {
	switch {
	case stopped == nil:
		return own
	case died.Code == 0 && died.Signal == nil:
		return stopped
	case errors.Is(stopped, actor.ErrKilled):
		return &orderedEnd{actor.ErrKilled, died}
	case !died.Killed:
		return own
	case forced:
		late := *died
		late.Why = &lateError{stopped}
		if errors.Is(died.Why, osproc.ErrNotReaped) {
			late.Why = fmt.Errorf("%w: %w", osproc.ErrNotReaped, late.Why)
		}
		return &late
	}
	return &orderedEnd{stopped, died}
}

// orderedEnd is the reason of a life that was stopped, when its process did not
// exit with status 0.
type orderedEnd struct {
	order error
	died  *ExitError
}

// Error tells the order once: mostly it is why we ended the process.
func (e *orderedEnd) Error() string {
	if foreign.Is(e.died.Why, e.order) {
		return e.died.Error()
	}
	return fmt.Sprintf("%v: %v", e.order, e.died)
}

// Unwrap returns the order and the death.
func (e *orderedEnd) Unwrap() []error { return []error{e.order, e.died} }

// lateError is why a process was killed that did not end when it was asked to. It
// is an [actor.ErrKilled], and no normal end, as the one that was asked for would
// have been.
type lateError struct{ order error }

func (e *lateError) Error() string {
	return fmt.Sprintf("it was asked to end (%v) and did not in time", e.order)
}

func (e *lateError) Unwrap() error { return actor.ErrKilled }

// waitFor waits until done is closed, at most for d.
func waitFor(done <-chan struct{}, d time.Duration) bool {
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-done:
		return true
	case <-limit.C:
		return false
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

const (
	drainBound = 2 * time.Second        // after the exit, for what the channels still hold
	exitBound  = 250 * time.Millisecond // after the end of the channel, for that of the process
)

// debugVariable names, in the environment of a parent, the worker that is to
// wait for a debugger; see docs/debugging.md. Workers do not inherit it.
const debugVariable = "PROCTOR_DEBUG"

// waitVariable has a worker wait for a debugger before it says HELLO.
const waitVariable = "PROCTOR_AWAIT_DEBUGGER"

// mainTasks is what Main was given in this process, so that PROCTOR_DEBUG can
// name a task of a Self worker.
var mainTasks atomic.Pointer[[]MainOption] //nolint:gochecknoglobals // beside mainReached, and for the same reason

// wantsDebugger reports whether the variable's value means this worker: by its
// path; by the path of its pool, whose first place is meant; or, if it is this
// program itself, by a task of Main, of a pool the first place again.
func wantsDebugger(value, path string, self bool) bool {
	if value == "" {
		return false
	}
	first, others, placed := strings.Cut(path, "#")
	switch {
	case value == path:
		return true
	case placed && others != "1":
		return false
	case placed && value == first:
		return true
	}
	given := mainTasks.Load()
	if !self || given == nil {
		return false
	}
	_, has := newCatalog(*given).tasks[value]
	return has
}

// wantsDebugger decides whether a worker that is to be started waits for a
// debugger.
func (c *dispatcher) wantsDebugger(path string, w Worker) bool {
	value := os.Getenv(debugVariable)
	if value == "" {
		return false
	}
	if !wantsDebugger(value, path, w.self) {
		record.DebugNamesAnother.Log(c.sys.Logger(), record.Worker(path), record.Variable(value))
		return false
	}
	c.debugged.Store(true)
	return true
}

// announceDebug tells the person at the terminal what to type.
func (s *workerLife) announceDebug() {
	if !s.worker.debugged {
		return
	}
	line := fmt.Sprintf("dlv attach %d", s.child.Pid())
	record.WorkerDebugged.Log(s.log, record.Type(line))
	fmt.Fprintf(os.Stderr, "proctor: worker %s waits for a debugger (%s=%s). Until it ends, no limit of Proctor's ends it or its calls: "+
		"not StartTimeout, Silence, the Grace of a canceled call nor a task's own timeout. The contexts of your calls are yours. Type:\n\n    %s\n\n",
		s.life.PID().Name, debugVariable, os.Getenv(debugVariable), line)
}

// limitsSuspended reports whether the worker's limits do not apply now: it was started
// for a debugger, or has a tracer, which may have stopped it.
func (s *workerLife) limitsSuspended() bool { return s.worker.debugged || osproc.Traced(s.child.Pid()) }

// askLater has the orders for a worker whose limits are suspended looked at again.
func (s *workerLife) askLater(after time.Duration) { time.AfterFunc(after, s.remind) }

// misses counts how many pings in a row a worker has left unanswered, those not
// counted that a tracer may have kept it from answering.
type misses struct{ excused uint64 }

// tooMany reports whether unanswered pings are more than the limit allows; zero
// allows any number. limitsSuspended is asked only about a worker that owes an answer.
func (m *misses) tooMany(unanswered, limit uint64, limitsSuspended func() bool) bool {
	m.excused = min(m.excused, unanswered)
	if limit == 0 || unanswered == m.excused {
		return false
	}
	if limitsSuspended() {
		m.excused = unanswered
		return false
	}
	return unanswered-m.excused >= limit
}

// awaitDebugger returns when a debugger has this process; false when the parent
// is gone first.
func awaitDebugger(requests *os.File) bool {
	osproc.AllowTracing()
	for !osproc.Traced(os.Getpid()) {
		if osproc.GoneWithin(requests, debugInterval) {
			return false
		}
	}
	return true
}

// debugInterval is how often a worker looks whether a debugger has come.
const debugInterval = 100 * time.Millisecond
