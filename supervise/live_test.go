package supervise

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
)

// liveRun runs a scenario on real supervisors with real goroutines, in a
// bubble, and writes the trace that OTP would.
type liveRun struct {
	t     *testing.T
	sys   *actor.System
	plans plans

	mu      sync.Mutex // protects the following
	trace   []line
	workers map[string]*liveWorker // by path: the life now
}

// liveWorker is one life of a worker.
type liveWorker struct {
	life  *actor.Life
	asked bool
	hangs bool // it was asked to stop, and will not
}

const liveTop = "top"

func runLive(t *testing.T, s scenario) []line {
	r := &liveRun{t: t, plans: newPlans(), workers: make(map[string]*liveWorker)}
	r.sys = actor.NewSystem(actor.WithLogger(slog.New(liveHandler{run: r})))
	for _, st := range s.Setup {
		require.True(t, r.plans.arrange(-1, st))
	}
	r.boot(s.Supervisor)
	r.settle()
	for i, st := range s.Steps {
		r.note(line{"event": "step", "step": i})
		r.run(i, st)
		r.settle()
	}
	r.mu.Lock()
	trace := r.trace
	r.plans.hang = nil
	r.mu.Unlock()
	require.NoError(t, r.sys.Close(t.Context()))
	return trace
}

func (r *liveRun) note(l line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trace = append(r.trace, l)
}

// settle waits until nothing moves, and lets the time pass that hung children
// are given.
func (r *liveRun) settle() {
	for synctest.Wait(); r.hanging(); synctest.Wait() {
		time.Sleep(time.Millisecond)
	}
}

func (r *liveRun) hanging() bool {
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
	run *liveRun
}

func (liveHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h liveHandler) Handle(_ context.Context, rec slog.Record) error {
	if rec.Message != textEnded {
		return nil
	}
	var path, reason string
	rec.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case keySupervisor:
			path = a.Value.String()
		case keyReason:
			reason = reasonName(a.Value.Any().(error))
		}
		return true
	})
	h.run.note(line{"event": "supervisor_exit", "supervisor": scenarioPath(path), "reason": reason})
	return nil
}

// scenarioPath is the path without the top supervisor's name.
func scenarioPath(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, liveTop), "/")
}

func (r *liveRun) boot(raw rawSupervisor) {
	_, err := Start(r.t.Context(), r.sys, r.spec(liveTop, raw))
	var wrong *SpecError
	var failed *actor.StartError
	switch {
	case err == nil:
		r.note(line{"event": "boot", "result": "ok"})
	case errors.As(err, &wrong):
		r.note(line{"event": "boot", "result": resultName(err)})
	default:
		require.ErrorAs(r.t, errors.Unwrap(err), &failed)
		_, id := split(failed.Name)
		r.note(line{"event": "boot", "result": "error:failed_to_start_child", "child": id})
	}
}

func (r *liveRun) spec(name string, raw rawSupervisor) Spec {
	s := Spec{Name: name, Policy: raw.policy(r.t)}
	for _, c := range raw.Children {
		s.Children = append(s.Children, c.child(r.t, r.starter(c)))
	}
	return s
}

// starter makes the StartFunc of a child.
func (r *liveRun) starter(raw rawChild) StartFunc {
	return func(ctx context.Context, at *actor.Slot) error {
		path := scenarioPath(at.Path())
		if f, requests := r.plans.failing(path); f != nil {
			for _, q := range requests {
				r.request(f.step, q)
			}
			if f.reason == "ignore" {
				r.note(line{"event": "start_ignored", "child": path})
				return ErrIgnore
			}
			r.note(line{"event": "start_failed", "child": path, "reason": f.reason})
			if f.reason == "exception" {
				panic("planned")
			}
			return errors.New("planned")
		}
		if raw.Supervisor == nil {
			return r.worker(path, at)
		}
		_, err := Start(ctx, at, r.spec(raw.ID, *raw.Supervisor))
		var wrong *SpecError
		switch {
		case errors.As(err, &wrong):
			r.note(line{"event": "start_failed", "child": path, "reason": specErrorName(wrong)})
		case err != nil:
			r.note(line{"event": "start_failed", "child": path, "reason": "failed_to_start_child"})
		default:
			r.note(line{"event": "start", "child": path})
		}
		return err
	}
}

// worker starts a worker that lives until somebody ends it.
func (r *liveRun) worker(path string, at *actor.Slot) error {
	_, l, err := actor.Begin(at, at.ID(), newServiceCell)
	if err != nil {
		return err
	}
	w := &liveWorker{life: l}
	l.OnStop(func(reason error) {
		r.mu.Lock()
		w.asked = true
		w.hangs = r.plans.hang[path]
		hangs := w.hangs
		r.mu.Unlock()
		if !hangs {
			r.note(line{"event": "stop", "child": path, "how": "shutdown"})
			l.End(reason)
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
		r.note(line{"event": "stop", "child": path, "how": how})
		l.End(reason)
	})
	r.mu.Lock()
	r.workers[path] = w
	r.mu.Unlock()
	r.note(line{"event": "start", "child": path})
	l.Ready()
	return nil
}

// living finds the running worker at path, nil if there is none.
func (r *liveRun) living(path string) *liveWorker {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.workers[path]
	if w == nil || w.life.Reason() != nil {
		return nil
	}
	return w
}

// supervisor finds the running supervisor at path, nil if there is none.
func (r *liveRun) supervisor(path string) *incarnation {
	if path == "" {
		return At(r.sys, liveTop).find()
	}
	return At(r.sys, liveTop+"/"+path).find()
}

func (r *liveRun) run(index int, st scenarioStep) {
	if r.plans.arrange(index, st) {
		return
	}
	switch {
	case st.Advance != nil:
		time.Sleep(duration(r.t, *st.Advance))
	case st.StopWith != nil:
		top := r.supervisor("")
		if top == nil {
			r.answer(index, "error:noproc", nil)
			return
		}
		top.inbox.urge(evStop{reasonError(*st.StopWith)})
	case st.Exit != nil:
		r.exit(index, st)
	default:
		r.request(index, st)
	}
}

func (r *liveRun) exit(index int, st scenarioStep) {
	reason := st.Reason
	if reason == "" {
		reason = "crash"
	}
	if len(st.Exit) == 1 {
		if sup := r.supervisor(st.Exit[0]); sup != nil {
			sup.inbox.urge(evStop{reasonError(reason)})
			return
		}
	}
	for _, path := range st.Exit {
		if r.living(path) == nil {
			r.answer(index, "error:not_running", nil)
			return
		}
	}
	// The supervisor is kept busy meanwhile, so that all exits come first.
	parent, _ := split(st.Exit[0])
	gate := make(chan struct{})
	require.True(r.t, r.supervisor(parent).ask(reqCount{}, func(answer) { <-gate }))
	synctest.Wait()
	for _, path := range st.Exit {
		err := reasonError(reason)
		if reason == "kill" {
			err = actor.ErrKilled
		}
		r.note(line{"event": "exit", "child": path, "reason": reasonName(err)})
		r.living(path).life.End(err)
	}
	close(gate)
}

func (r *liveRun) answer(index int, result string, value any) {
	l := line{"event": "reply", "step": index, "result": result}
	if value != nil {
		l["value"] = value
	}
	r.note(l)
}

func (r *liveRun) request(index int, st scenarioStep) {
	path, req, value := scenarioRequest(r.t, st)
	sup := r.supervisor(path)
	if sup == nil {
		r.answer(index, "error:noproc", nil)
		return
	}
	if start, ok := req.(reqStart); ok {
		if err := start.spec.check(AllSignificant); err != nil {
			r.answer(index, resultName(err), nil)
			return
		}
		start.spec.Start = r.starter(*st.Spec)
		req = start
	}
	require.True(r.t, sup.ask(req, func(a answer) {
		result := resultName(a.err)
		if a.err != nil {
			r.answer(index, result, nil)
			return
		}
		r.answer(index, result, value(a))
	}))
}
