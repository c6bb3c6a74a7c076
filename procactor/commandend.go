package procactor

import (
	"context"
	"io"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// act does what a step of the ladder says, to a process that has not ended by
// itself while its output is still handed on.
func (r *commandRun) act(a osproc.StopAct, why error) {
	if isClosed(r.exited) {
		return
	}
	switch a { //nolint:exhaustive // a plain program has no stacks to show
	case osproc.ActTerminate:
		if c := r.noted(why, (*osproc.StopRecord).NoteAsked); c != nil {
			c.TerminateGroup()
		}
	case osproc.ActKill:
		if r.isEnding() {
			record.CommandLate.Log(r.engine.log, record.Task(r.task), record.Reason(why))
		}
		r.kill(why)
	}
}

// isEnding reports whether we have done something to end the process.
func (r *commandRun) isEnding() bool {
	done := r.stops.SoFar()
	return done.Asked || done.Killed
}

// wasKilled reports whether KILL was needed.
func (r *commandRun) wasKilled() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.child != nil && r.stops.SoFar().Killed
}

// noted notes that we end the process, and why, and returns it if it is there;
// otherwise begun sees to it.
func (r *commandRun) noted(why error, note func(*osproc.StopRecord, error, osproc.Motive)) *osproc.Child {
	r.mu.Lock()
	defer r.mu.Unlock()
	note(&r.stops, why, osproc.MotiveOrder)
	return r.child
}

// kill kills the process with its group.
func (r *commandRun) kill(why error) {
	if isClosed(r.exited) {
		return
	}
	c := r.noted(why, (*osproc.StopRecord).NoteKilled)
	if c == nil {
		return
	}
	c.KillGroup()
	r.mu.Lock()
	timed := r.timed
	r.timed = true
	r.mu.Unlock()
	if timed {
		return
	}
	time.AfterFunc(osproc.ReapBound, func() {
		if !isClosed(r.exited) {
			record.CommandNotGone.Log(r.engine.log, record.Task(r.task), record.Reason(r.exitError()))
			close(r.stuck)
		}
	})
}

// fail ends a process that is of no use any more, and its call.
func (r *commandRun) fail(err error) {
	r.mu.Lock()
	if r.broken == nil {
		r.broken = err
	}
	r.mu.Unlock()
	r.kill(err)
}

// result says how the process ended, and what it left. A writer that is still
// stuck a little after ctx has ended is left behind, and the result with it. Where
// there is none, the answer has an error.
func (r *commandRun) result(ctx context.Context) (Result, answer) {
	limit, done := lateAfter(ctx, drainBound)
	defer done()
	whole := r.collect(limit)
	r.mu.Lock()
	broken := r.broken
	r.mu.Unlock()
	switch {
	case broken != nil:
		return Result{}, answer{err: r.failure(broken, hintOfOutput(broken)), delivery: actor.Unknown}
	case !whole:
		return Result{}, answer{err: actor.ContextError(ctx), delivery: actor.Unknown}
	}
	e := r.exitError()
	if e.Signal != nil || e.Code < 0 || e.Killed || e.Why != nil {
		return Result{}, ofDeath(e)
	}
	res := Result{Dir: r.dir, Stderr: e.Stderr, ExitCode: e.Code}
	if r.collector != nil && r.cmd.Stdout == nil {
		res.Stdout = r.collector.Result()
	}
	return res, answer{kind: wire.KindReply, delivery: actor.Done}
}

// measured tells whoever asked by ctx what the process cost.
func (r *commandRun) measured(ctx context.Context) error {
	cpu, ok := r.status.CPU()
	if !ok {
		return nil
	}
	return measured(ctx, wire.Measures{Run: r.ended.Sub(r.began), CPU: cpu})
}

// collect hands on what the process left in its pipes; false when a writer was
// stuck until limit.
func (r *commandRun) collect(limit <-chan struct{}) bool {
	if r.stdout != nil {
		r.stdout.Close(limit)
	}
	r.stderr.Close(limit)
	whole := !isClosed(limit)
	log, cancel := context.WithTimeout(context.Background(), drainBound)
	defer cancel()
	r.tellCrash()
	r.lines.Close(log.Done()) // a log that is slower keeps no call
	return whole
}

// tellCrash has the log tell of a Go program's crash, if its lines were kept
// back from the log: what becomes of the call is the task's matter.
func (r *commandRun) tellCrash() {
	e := r.exitError()
	e.calls = []record.Call{r.call}
	if r.lines.End(e.Panic != nil) {
		record.CommandCrashed.Log(r.engine.log, append(e.LogAttrs(), record.Reason(redacted(e.redact, e)))...)
	}
}

// exitError says how the process ended, as far as is known.
func (r *commandRun) exitError() *ExitError {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, reaped := osproc.Facts{Stops: r.stops.SoFar(), Up: true}, isClosed(r.exited)
	if reaped {
		known.SetStatus(r.status)
	}
	e := newExitError(r.child.Pid(), osproc.Judge(known), r.stderr.Kept())
	e.Program, e.CallState, e.redact = r.cmd.Path, CallStarted, r.engine.commands.Redact
	if reaped {
		e.explain(nil, r.stderr.Quiet(r.ended), r.child.Manner)
	}
	return e
}

// ofDeath is the answer to a call whose process has died.
func ofDeath(e *ExitError) answer {
	return answer{err: e, delivery: actor.Unknown, death: e.death, died: e, process: e.PID}
}

// leaveWriters has what the process writes from now on go where it goes without
// the call. It waits for a writer that is stuck, a little.
func (r *commandRun) leaveWriters() (alone chan struct{}) {
	alone = make(chan struct{})
	go func() {
		defer close(alone)
		if r.stdout != nil {
			r.stdout.Redirect(either(r.engine.commands.Stdout, io.Discard))
		}
		r.stderr.Redirect(r.restOfStderr())
	}()
	waitFor(alone, drainBound)
	return alone
}

// lateAfter returns what is closed d after ctx has ended.
func lateAfter(ctx context.Context, d time.Duration) (late <-chan struct{}, done func()) {
	limit, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return limit.Done(), func() {
		stop()
		cancel()
	}
}

// endAlone sees to the end of a process whose caller has gone.
func (r *commandRun) endAlone(alone <-chan struct{}) {
	<-r.exited
	<-alone
	limit, cancel := context.WithTimeout(context.Background(), drainBound)
	defer cancel()
	r.collect(limit.Done())
	if r.wasKilled() {
		r.killed(r.exitError(), r.began)
	}
	r.finish()
}

// finish leaves nothing of the call.
func (r *commandRun) finish() {
	r.removeDir()
	r.giveBack()
	r.engine.leave(r)
}

// giveBack gives the lease back, once.
func (r *commandRun) giveBack() {
	if r.free != nil {
		r.free()
		r.free = nil
	}
}

// removeDir removes the private directory.
func (r *commandRun) removeDir() {
	if r.dir == "" {
		return
	}
	if err := removeDir(r.dir); err != nil {
		record.DirLeft.Log(r.engine.log, record.Task(r.task), record.Dir(r.dir), record.Reason(err))
	}
	r.dir = ""
}
