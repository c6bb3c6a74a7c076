package procactor

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
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
func (c *core) wantsDebugger(path string, w Worker) bool {
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
func (s *seat) announceDebug() {
	if !s.worker.debugged {
		return
	}
	line := fmt.Sprintf("dlv attach %d", s.child.Pid())
	record.WorkerDebugged.Log(s.log, record.Type(line))
	fmt.Fprintf(os.Stderr, "proctor: worker %s waits for a debugger (%s=%s). Until it ends, no limit of Proctor's ends it or its calls: "+
		"not StartTimeout, Silence, the Grace of a canceled call nor a task's own timeout. The contexts of your calls are yours. Type:\n\n    %s\n\n",
		s.life.PID().Name, debugVariable, os.Getenv(debugVariable), line)
}

// spared reports whether the worker's limits do not apply now: it was started
// for a debugger, or has a tracer, which may have stopped it.
func (s *seat) spared() bool { return s.worker.debugged || osproc.Traced(s.child.Pid()) }

// askLater has the orders for a worker that is spared looked at again.
func (s *seat) askLater(after time.Duration) { time.AfterFunc(after, s.remind) }

// misses counts how many pings in a row a worker has left unanswered, those not
// counted that a tracer may have kept it from answering.
type misses struct{ excused uint64 }

// tooMany reports whether unanswered pings are more than the limit allows; zero
// allows any number. spared is asked only about a worker that owes an answer.
func (m *misses) tooMany(unanswered, limit uint64, spared func() bool) bool {
	m.excused = min(m.excused, unanswered)
	if limit == 0 || unanswered == m.excused {
		return false
	}
	if spared() {
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
