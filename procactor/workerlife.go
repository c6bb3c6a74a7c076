package procactor

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// workerLife is one life of a worker process: the process, the link to it, and the
// calls that run there.
type workerLife struct {
	leases
	worker Worker
	child  spawned
	conn   *link.Conn
	hello  wire.Hello // of the worker; set before the workerLife is in service
	log    *slog.Logger

	stdout, stderr *stdio.Capture
	lines          []*stdio.LogLines
	crashText      *stdio.Capture

	hidden bool          // the log was not given the text of its crash; set by collectExit
	served bool          // it ended a call by itself; set before the life ends
	called bool          // a call explains its end; set before the life ends
	hung   []*request    // it is ended because of these; set and read by watch
	exited chan struct{} // closed when the process was reaped
	status osproc.Status // set before exited is closed, and so is ended
	ended  time.Time
	up     bool              // it came up; set before the workerLife is in service
	end    osproc.Ending     // set by collectExit
	stops  osproc.StopRecord // what we do to end it
	order  chan struct{}     // there are orders; capacity 1

	mu     sync.Mutex // protects the following
	orders []order    // to end the worker
}

// allowed is how many calls of a task may run at once here: what the caller
// says, and no more than the worker does.
func (s *workerLife) allowed(task string, want int) int {
	if want <= 1 {
		return 1
	}
	t, ok := s.hello.Task(task)
	if !ok {
		return 1
	}
	return int(min(uint32(want), max(t.Concurrent, 1)))
}

func (s *workerLife) tasks() []wire.TaskInfo { return s.hello.Tasks }
func (s *workerLife) process() int           { return s.child.Pid() }

// order is to end the worker for a reason of ours, if that still holds when it
// is carried out.
type order struct {
	why   error
	holds func() bool
	hung  *request    // the one that hangs; nil: none does
	hangs func() bool // that still holds
}

// endFor has the worker ended.
func (s *workerLife) endFor(o order) {
	s.mu.Lock()
	s.orders = append(s.orders, o)
	s.mu.Unlock()
	s.remind()
}

// remind has the orders looked at.
func (s *workerLife) remind() {
	select {
	case s.order <- struct{}{}:
	default:
	}
}

// ordered returns the first order that still holds, and notes who hangs.
func (s *workerLife) ordered() (order, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	orders := s.orders
	s.orders = nil
	var first *order
	for _, o := range orders {
		if !o.holds() {
			continue
		}
		if first == nil {
			first = &o
		}
		if o.hung != nil && o.hangs() {
			s.hung = append(s.hung, o.hung)
		}
	}
	if first == nil {
		return order{}, false
	}
	return *first, true
}

// blameHung counts the end of the worker against the requests that hung it.
func (s *workerLife) blameHung(died *ExitError) {
	if !died.Killed || !errors.Is(died.Why, ErrOverdue) {
		return
	}
	for _, r := range s.hung {
		s.dispatcher.poison.hung(time.Now(), r.info.Name, r.key, actor.Down{PID: s.life.PID(), Reason: died})
	}
}

// await reaps the process; on a goroutine of its own.
func (s *workerLife) await() {
	s.status = s.child.Wait()
	s.ended = time.Now()
	close(s.exited)
}

// collectExit collects what is left of an ended worker, the answers that it wrote
// included, and says how it died.
func (s *workerLife) collectExit() *ExitError {
	s.dispatcher.remove(s)
	s.conn.ReadToEnd(drainBound)
	limit, cancel := context.WithTimeout(context.Background(), drainBound)
	defer cancel()
	stderr := s.stderr.Close(limit.Done())
	s.stdout.Close(limit.Done())
	crash := s.crashText.Close(limit.Done())
	known := osproc.Facts{Stops: s.stops.SoFar(), Debugged: s.worker.debugged, Up: s.up}
	if bytes.HasSuffix(crash, []byte(orphanNote)) {
		crash, known.CutOff = nil, cutOffError{}
	}
	var quiet time.Duration
	if isClosed(s.exited) {
		known.SetStatus(s.status)
		quiet = s.stderr.Quiet(s.ended)
	}
	s.end = osproc.Judge(known)
	e := newExitError(s.child.Pid(), s.end, stderr)
	e.who, e.redact = record.Worker(s.life.PID().Name), s.worker.Redact
	e.explain(crash, quiet, s.child.Manner)
	for _, l := range s.lines {
		s.hidden = l.End(e.Panic != nil) || s.hidden
		l.Close(limit.Done())
	}
	return e
}

// cutOffError is why a worker ended itself that cannot have been told to: the parent,
// which lives, is gone for it.
type cutOffError struct{}

func (cutOffError) Error() string { return "it lost its channel from this process" }

// Unwrap returns [actor.ErrNoConnection].
func (cutOffError) Unwrap() error { return actor.ErrNoConnection }

// left is a call that a death left open, and what it is answered with.
type left struct {
	call *link.Exchange
	lost *lostCall
}

// takeLeft takes the calls that the death left open, for the caller to answer.
func (s *workerLife) takeLeft(e *ExitError) []left {
	broken := s.conn.Reason()
	open := s.conn.TakeOpen()
	reached := s.reached(broken == nil)
	e.calls = callsIn(open, reached)
	all := make([]left, len(open))
	for i, x := range open {
		state := stateOf(x, reached)
		s.called = s.called || state == CallStarted
		a := answer{err: e.withState(state), delivery: actor.Unknown}
		if broken != nil {
			a.err = &actor.ProtocolError{Peer: "worker " + s.life.PID().String(), Err: errors.Join(broken, e.withState(state))}
		} else {
			a.death, a.died, a.process = e.death, a.err, e.PID
		}
		if state == CallSent {
			a.delivery = actor.NotStarted
		}
		all[i] = left{x, &lostCall{a}}
	}
	return all
}

// stateOf says how far a call had got with a dead worker that had read, or begun,
// so many of the bytes it was sent.
func stateOf(x *link.Exchange, reached uint64) CallState {
	if x.Started(reached) {
		return CallStarted
	}
	return CallSent
}

// reached is how far, in the bytes that it was sent, a dead worker may have
// begun what it was asked for. Of one that may not be dead nothing is known.
func (s *workerLife) reached(believed bool) uint64 {
	if !isClosed(s.exited) {
		return math.MaxUint64 - 1
	}
	begun, told := s.child.begun.Begun()
	return reachedOf(s.conn.Sent(), s.conn.ReadByWorker(), begun, told && believed)
}

// reachedOf is that of a worker that was sent and had read so many bytes: as far
// as it says itself, if it can be believed, and no further than it has read.
func reachedOf(sent, read, begun uint64, believed bool) uint64 {
	if believed && begun <= sent {
		return min(read, begun)
	}
	return read
}

// serves tells whether the worker has the task as the caller means it.
func (s *workerLife) serves(r *request) error {
	want := r.info
	if r.command != nil {
		return &HandshakeError{
			Worker: s.life.PID().String(), Task: want.Name, Wants: "a host of procactor.StartCommands, since it is a command task",
			Has: "a program of its own, which does tasks of NewTask and NewStreamTask",
		}
	}
	has, ok := s.hello.Task(want.Name)
	if ok && has.Input == want.Input && has.Output == want.Output && has.Stream == want.Stream && (want.Error == "" || has.Error == want.Error) {
		return nil
	}
	e := &HandshakeError{Worker: s.life.PID().String(), Task: want.Name, Wants: describeTask(want)}
	if ok {
		e.Has = "it as " + describeTask(has)
		return e
	}
	names := make([]string, 0, len(s.hello.Tasks))
	for _, t := range s.hello.Tasks {
		names = append(names, t.Name)
	}
	slices.Sort(names)
	e.Has = "only the tasks " + joinOr(names, "(none)")
	return e
}

// answer is how one delivery of a call ended.
type answer struct {
	kind     wire.Kind      // REPLY, END or ERROR; zero when err says why there is none
	payload  []byte         // of that frame; valid as long as the exchange is not used again
	err      error          // the end of the worker or the link
	delivery actor.Delivery // how far it got, with err
	death    osproc.Death   // what the death means that err tells of
	died     error          // that death; nil: there was none
	process  int            // that died
}

// lostCall is why a call has no answer whose worker has died: what that death
// means goes with it to whoever takes the answer.
type lostCall struct{ answer answer }

func (l *lostCall) Error() string { return l.answer.err.Error() }

// answerFrom is what an exchange has ended with.
func answerFrom(a link.Answer) answer {
	if lost, ok := a.Err.(*lostCall); ok { //nolint:errorlint // never wrapped
		return lost.answer
	}
	return answer{kind: a.Kind, payload: a.Payload, err: a.Err, delivery: a.Delivery}
}

// leaves waits for the end of a process whose channel has ended, and reports
// whether it came. One that is on its way out may be long in coming on a busy
// machine: between the end of its files and its own it has to be scheduled, and
// so has this process, to hear of it. It is given the time, so that we do not
// take its death for ours.
func (s *workerLife) leaves() bool {
	return waitFor(s.exited, exitBound) || s.child.Leaving() && waitFor(s.exited, osproc.ReapBound)
}
