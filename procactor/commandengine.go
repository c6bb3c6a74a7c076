package procactor

import (
	"context"
	"log/slog"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// commandEngine is how commands are run, and who is told of their processes. It
// needs no System.
type commandEngine struct {
	commands Commands // checked and placed
	log      *slog.Logger
	enter    func(*commandRun) bool        // a call begins; false: none may any more
	leave    func(*commandRun)             // nothing is left of it
	guard    func() (osproc.Keeper, error) // who sees to a process when this one is killed
}

// runCommand brings one call of a command to its end in the caller's goroutine,
// or to that of ctx: then open tells that the process is being ended without
// the caller. free is called once, when its process has ended or none is to come.
// killed is told of one that was given up and did not end on TERM.
func (e *commandEngine) runCommand(ctx context.Context, task string, call commandCall, free func(), killed func(*ExitError, time.Time)) (a answer, open bool) {
	about, _ := ctx.Value(callKey{}).(Call)
	r := &commandRun{
		engine: e, task: task, call: record.Call{Task: task, Key: about.Key, Trace: about.Traceparent}, free: free, killed: killed,
		exited: make(chan struct{}), stuck: make(chan struct{}),
	}
	if !e.enter(r) {
		r.giveBack()
		return answer{err: link.ErrLost, delivery: actor.NotSent}, false // the next life does it, if there is one
	}
	defer func() {
		if !open { // else the goroutine that sees to its end does it
			r.finish()
		}
	}()
	if err := r.prepare(ctx, call); err != nil {
		return answer{err: err, delivery: actor.NotSent}, false
	}
	if a, ended := r.await(ctx); !ended {
		go r.endAlone(r.leaveWriters())
		return a, true
	}
	res, a := r.result(ctx)
	r.giveBack()
	fault := r.measured(ctx)
	switch {
	case a.err != nil:
		a.err = withFault(a.err, fault)
		return a, false
	case fault != nil:
		return answer{err: fault, delivery: actor.Done}, false
	}
	if !call.parse(res) {
		a.kind = wire.KindError
	}
	return a, false
}
