package supervise_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/scenario"
)

// Guarantee(restarts): Supervisors restart, count, stop and answer as those of Erlang/OTP do: 174 scenarios recorded there give the same trace here, line for line.
func TestSupervisorsGiveTheTracesOfOTP(t *testing.T) {
	for _, s := range append(otpScenarios(t), foundScenarios(t)...) {
		t.Run(s.Name, func(t *testing.T) {
			s.compare(t, runLive(t, s.Scenario))
		})
	}
}

// live runs a scenario on real supervisors with real goroutines, in a bubble,
// and writes the trace that OTP would.
type live struct {
	t      *testing.T
	sys    *actor.System
	beyond func(*supervise.Spec) // what the tree has that OTP has not

	mu      sync.Mutex // protects the following
	plans   map[string]*livePlan
	hangs   map[string]bool
	trace   scenario.Trace
	workers map[string]*liveWorker // by path: the life now
}

// liveWorker is one life of a worker.
type liveWorker struct {
	life  *actor.Life
	asked bool
	hangs bool // it was asked to stop, and will not
}

// livePlan is a plan and how far it got.
type livePlan struct {
	supervise.FailPlan
	step, done int
}

const liveTop = "top"

func runLive(t *testing.T, s *scenario.Scenario) scenario.Trace {
	t.Helper()
	return runBeyond(t, s, func(*supervise.Spec) {})
}

// runBeyond is runLive on a tree that has more than OTP knows.
func runBeyond(t *testing.T, s *scenario.Scenario, beyond func(*supervise.Spec)) (trace scenario.Trace) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { trace = playLive(t, s, beyond) })
	return trace
}

func playLive(t *testing.T, s *scenario.Scenario, beyond func(*supervise.Spec)) scenario.Trace {
	r := newLive(t, beyond)
	for _, st := range s.Setup {
		r.play(-1, st)
	}
	booted := r.boot(s.Supervisor)
	r.settle()
	r.note(booted)
	for i, st := range s.Steps {
		r.note(supervise.TraceLine{Kind: supervise.TraceStep, Step: i})
		r.play(i, st)
		r.settle()
	}
	return r.end()
}

func newLive(t *testing.T, beyond func(*supervise.Spec)) *live {
	r := &live{t: t, beyond: beyond, plans: map[string]*livePlan{}, hangs: map[string]bool{}, workers: map[string]*liveWorker{}}
	r.sys = actor.NewSystem(actor.WithLogger(slog.New(liveHandler{run: r})))
	return r
}

// end ends everything, and returns the trace until then.
func (r *live) end() scenario.Trace {
	r.mu.Lock()
	trace := r.trace
	r.hangs = nil
	r.mu.Unlock()
	require.NoError(r.t, r.sys.Close(r.t.Context()))
	return trace
}

func (r *live) plan(path string, p supervise.FailPlan, step int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.plans[path] = &livePlan{FailPlan: p, step: step}
}

func (r *live) note(l supervise.TraceLine) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trace = append(r.trace, l)
}

// settle waits until nothing moves, and lets the time pass that hung children
// are given.
func (r *live) settle() {
	begin := time.Now()
	synctest.Wait()
	for r.hanging() {
		require.Less(r.t, time.Since(begin), time.Hour, "nobody kills who hangs")
		pass(time.Millisecond)
	}
}

func (r *live) hanging() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.workers {
		if w.hangs {
			return true
		}
	}
	return false
}

// liveHandler sees the end of each supervisor, in the supervisor's goroutine.
type liveHandler struct {
	slog.Handler
	run *live
}

func (liveHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h liveHandler) Handle(_ context.Context, rec slog.Record) error {
	if rec.Message != record.SupervisorEnded.Row().Message {
		return nil
	}
	line := supervise.TraceLine{Kind: supervise.TraceSupervisorExit}
	rec.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case record.KeySupervisor:
			line.Supervisor = scenarioPath(a.Value.String())
		case record.KeyReason:
			line.Reason = supervise.ReasonName(a.Value.Resolve().Any().(error))
		}
		return true
	})
	h.run.note(line)
	return nil
}

// scenarioPath is the path without the top supervisor's name; livePath is the
// inverse.
func scenarioPath(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, liveTop), "/")
}

func livePath(path string) string {
	return strings.TrimSuffix(liveTop+"/"+path, "/")
}

// boot starts the tree, and returns the line about that.
func (r *live) boot(tree *scenario.Supervisor) supervise.TraceLine {
	spec := tree.Spec(liveTop, r.starter)
	r.beyond(&spec)
	_, err := supervise.Start(r.t.Context(), r.sys, spec)
	line := supervise.TraceLine{Kind: supervise.TraceBoot, Result: "ok"}
	var wrong *supervise.SpecError
	var failed *actor.StartError
	switch top := errors.Unwrap(err); {
	case err == nil:
	case isOwnEnd(top):
		name, _ := supervise.UnbornName(top)
		line.Result = "error:" + name
	case errors.As(top, &failed):
		line.Result, line.Child = "error:failed_to_start_child", failed.Name[strings.LastIndexByte(failed.Name, '/')+1:]
	case errors.As(top, &wrong):
		line.Result = "error:" + supervise.SpecErrorName(wrong)
	default:
		require.NoError(r.t, err)
	}
	return line
}

// isOwnEnd reports whether a supervisor ended by itself before it was up.
func isOwnEnd(reason error) bool {
	_, child := supervise.UnbornName(reason)
	return reason != nil && !child
}

// starter makes the StartFunc of a child.
func (r *live) starter(c scenario.Child, given supervise.StartFunc) supervise.StartFunc {
	return func(ctx context.Context, at *actor.Slot) error {
		path := scenarioPath(at.Path())
		if plan := r.planned(path); plan != nil {
			return r.fail(path, plan)
		}
		if c.Supervisor == nil {
			return r.worker(path, at)
		}
		err := given(ctx, at)
		line := supervise.TraceLine{Kind: supervise.TraceStart, Child: path}
		var deeper *actor.StartError
		switch inner := errors.Unwrap(err); {
		case err == nil:
		case isOwnEnd(inner):
			line.Kind = supervise.TraceStartFailed
			line.Reason, _ = supervise.UnbornName(inner)
		case errors.As(inner, &deeper):
			line.Kind, line.Reason = supervise.TraceStartFailed, "failed_to_start_child"
		default:
			line.Kind, line.Reason = supervise.TraceStartFailed, supervise.SpecErrorName(inner)
		}
		r.note(line)
		return err
	}
}

// planned takes one failure from the plan of the child at path, nil if there
// is none.
func (r *live) planned(path string) *livePlan {
	r.mu.Lock()
	defer r.mu.Unlock()
	plan := r.plans[path]
	if i := strings.LastIndexByte(path, '#'); plan == nil && i > strings.LastIndexByte(path, '/') {
		plan = r.plans[path[:i]]
	}
	if plan == nil || plan.done >= plan.Times {
		return nil
	}
	plan.done++
	return plan
}

// fail is a start that fails, with what arrives meanwhile.
func (r *live) fail(path string, plan *livePlan) error {
	for _, q := range plan.Queue {
		if q.At == plan.done {
			r.request(plan.step, q, true)
		}
	}
	if plan.How == supervise.FailIgnore {
		r.note(supervise.TraceLine{Kind: supervise.TraceStartIgnored, Child: path})
		return supervise.ErrIgnore
	}
	r.note(supervise.TraceLine{Kind: supervise.TraceStartFailed, Child: path, Reason: plan.How.String()})
	if plan.How == supervise.FailPanic {
		panic("planned")
	}
	return errors.New("planned")
}

// liveCell outlives the lives of a worker, and does nothing about them.
type liveCell struct{}

func (liveCell) Live(*actor.Life) {}
func (liveCell) Held()            {}
func (liveCell) Gone(error)       {}

// worker starts a worker that lives until somebody ends it.
func (r *live) worker(path string, at *actor.Slot) error {
	_, l, err := actor.Begin(at, at.ID(), func() liveCell { return liveCell{} })
	if err != nil {
		return err
	}
	w := &liveWorker{life: l}
	stopped := func(how string, reason error) {
		r.note(supervise.TraceLine{Kind: supervise.TraceStop, Child: path, How: how})
		l.End(reason)
	}
	l.OnStop(func(reason error) {
		r.mu.Lock()
		w.asked, w.hangs = true, r.hangs[path]
		hangs := w.hangs
		r.mu.Unlock()
		if !hangs {
			stopped("shutdown", reason)
		}
	})
	l.OnKill(func(reason error) {
		how := "kill"
		r.mu.Lock()
		if w.asked {
			how = "timeout_kill"
		}
		w.hangs = false
		r.mu.Unlock()
		stopped(how, reason)
	})
	r.mu.Lock()
	r.workers[path] = w
	r.mu.Unlock()
	r.note(supervise.TraceLine{Kind: supervise.TraceStart, Child: path})
	l.Ready()
	return nil
}

// living finds the running worker at path, nil if there is none.
func (r *live) living(path string) *liveWorker {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.workers[path]
	if w == nil || w.life.Reason() != nil {
		return nil
	}
	return w
}

func (r *live) play(index int, st scenario.Step) {
	switch st.Op {
	case scenario.FailStarts:
		r.plan(st.Path(), st.Plan(r.starter), index)
	case scenario.HangStop:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.hangs[st.Path()] = true
	case scenario.Advance:
		pass(st.Time)
	case scenario.Exit:
		r.exit(index, st)
	default:
		r.request(index, st.Request(r.starter), false)
	}
}

func (r *live) exit(index int, st scenario.Step) {
	reason := scenario.Reason(st.Reason)
	if len(st.Paths) == 1 && supervise.EndFor(r.sys, livePath(st.Path()), reason) {
		return
	}
	for _, path := range st.Paths {
		if r.living(path) == nil {
			r.answer(index, "error:not_running", nil)
			return
		}
	}
	// The supervisor is kept busy meanwhile, so that all exits come first.
	parent := st.Path()[:max(0, strings.LastIndexByte(st.Path(), '/'))]
	gate := make(chan struct{})
	count := supervise.QueuedRequest{Op: supervise.OpCountChildren}
	require.True(r.t, supervise.AskLive(r.sys, livePath(parent), count, func(any, error) { <-gate }))
	synctest.Wait()
	for _, path := range st.Paths {
		r.note(supervise.TraceLine{Kind: supervise.TraceExit, Child: path, Reason: supervise.ReasonName(reason)})
		r.living(path).life.End(reason)
	}
	close(gate)
}

func (r *live) answer(index int, result string, value any) {
	r.note(supervise.TraceLine{Kind: supervise.TraceReply, Step: index, Result: result, Value: value})
}

// request asks for something; a stop overtakes what is queued, unless it is
// to wait for its turn.
func (r *live) request(index int, q supervise.QueuedRequest, inTurn bool) {
	if q.Op == supervise.OpStop {
		end := supervise.EndFor
		if inTurn {
			end = supervise.EndInTurn
		}
		if !end(r.sys, liveTop, q.Reason) {
			r.answer(index, "error:noproc", nil)
		}
		return
	}
	path := q.Path
	switch q.Op {
	case supervise.OpTerminateChild, supervise.OpRestartChild, supervise.OpDeleteChild, supervise.OpResumeChild:
		path = path[:max(0, strings.LastIndexByte(path, '/'))]
	default:
	}
	asked := supervise.AskLive(r.sys, livePath(path), q, func(value any, err error) {
		if started, ok := value.(string); ok {
			value = scenarioPath(started)
		}
		if err != nil {
			value = nil
		}
		r.answer(index, supervise.ResultName(err), value)
	})
	if !asked {
		r.answer(index, "error:noproc", nil)
	}
}
