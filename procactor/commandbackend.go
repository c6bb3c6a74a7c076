package procactor

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/wire"
)

// commandBackend is one life of a [CommandHost]. It has no process of its own.
type commandBackend struct {
	leases
	engine commandEngine

	mu     sync.Mutex // protects the following
	runs   map[*commandRun]bool
	closed bool          // none may begin any more
	idle   chan struct{} // closed when closed and nothing runs
}

// open is an opener.
func (c Commands) open(_ context.Context, dispatcher *dispatcher, l *actor.Life) (backend, osproc.Death, error) {
	c, err := c.placed()
	if err != nil {
		return nil, osproc.DeathNone, err
	}
	dispatcher.poison.set(c.Quarantine) // an earlier life may have had others
	dispatcher.setWidth(c.Limit)
	s := &commandBackend{leases: leases{dispatcher: dispatcher, life: l}, runs: make(map[*commandRun]bool), idle: make(chan struct{})}
	s.engine = commandEngine{commands: c, log: loggerOf(dispatcher.sys, record.Worker(l.PID().Name)), enter: s.enter, leave: s.leave, guard: s.guard}
	return s, osproc.DeathNone, nil
}

// allowed implements backend: the limit counts processes, whatever their tasks.
func (s *commandBackend) allowed(string, int) int { return s.engine.commands.Limit }
func (s *commandBackend) tasks() []wire.TaskInfo  { return nil }

// serves refuses what is no command task.
func (s *commandBackend) serves(r *request) error {
	if r.command != nil {
		return nil
	}
	return &HandshakeError{
		Worker: s.life.PID().String(), Task: r.info.Name, Wants: describeTask(r.info) + ", from a worker made by Self or Program",
		Has: "none: it is made by StartCommands, and runs the command tasks of NewCommandTask",
	}
}

func (s *commandBackend) exchangeWith(ctx context.Context, r *request, attempt int) outcome {
	ctx = context.WithValue(s.life.Own(ctx), callKey{}, Call{Traceparent: traceparentOf(ctx), Key: r.key, Attempt: attempt})
	a, open := s.engine.runCommand(ctx, r.info.Name, r.command, s.release, func(e *ExitError, began time.Time) {
		if r.hangs(ctx, actor.ContextError(ctx), began) {
			s.dispatcher.poison.hung(time.Now(), r.info.Name, r.key, actor.Down{PID: s.life.PID(), Reason: e})
		}
	})
	return outcome{answer: a, pid: s.life.PID(), open: open}
}

// enter takes note of a call that begins; false: none may any more.
func (s *commandBackend) enter(r *commandRun) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.runs[r] = true
	return true
}

// guard takes a place for a process with the System's guard.
func (s *commandBackend) guard() (osproc.Keeper, error) {
	return guardian.SlotFor(s.dispatcher.sys, guardian.Command, guarding())
}

// leave takes note of its end.
func (s *commandBackend) leave(r *commandRun) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.runs, r)
	if s.closed && len(s.runs) == 0 {
		close(s.idle)
	}
}

// running returns the processes that run now.
func (s *commandBackend) running() (all []RunningCommand) {
	for _, r := range s.underWay() {
		if pid := r.pid(); pid != 0 { // began was set before it
			all = append(all, RunningCommand{Process: pid, Task: r.task, Key: r.call.Key, Since: r.began})
		}
	}
	return all
}

// process implements backend: of several processes it is any.
func (s *commandBackend) process() int {
	for _, r := range s.underWay() {
		if pid := r.pid(); pid != 0 {
			return pid
		}
	}
	return 0
}

// underWay returns what runs now.
func (s *commandBackend) underWay() []*commandRun {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.runs))
}

// watch is the life of the host: it waits until that is to end, and sees to
// the end of what runs.
func (s *commandBackend) watch() {
	select {
	case <-s.life.Killed():
	case <-s.life.Context().Done():
	}
	reason := context.Cause(s.life.Context())
	s.dispatcher.remove(s)
	s.close()
	why := s.stop(reason)
	for _, r := range s.underWay() {
		if r.pid() != 0 { // what has no process is in the hands of its caller
			keepName(s.life, r.exited)
		}
	}
	s.life.End(why)
}

// close lets nothing start any more.
func (s *commandBackend) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if len(s.runs) == 0 {
		close(s.idle)
	}
}

// stop goes down the ladder until nothing runs, and returns the reason of the
// life's end.
func (s *commandBackend) stop(why error) error {
	var ended []*commandRun // that we did something to
	how := osproc.Descend(osproc.Ladder(osproc.StopFinish, s.engine.commands.Grace, osproc.HasSignals), func(step osproc.Rung) time.Duration {
		runs := s.underWay()
		for _, r := range runs {
			r.act(step.Act, why)
		}
		ended = append(ended, runs...)
		return patienceWith(runs, step)
	}, s.idle, s.life.Killed())
	if how == osproc.DescentCut {
		s.kill()
		return actor.ErrKilled
	}
	if slices.ContainsFunc(ended, (*commandRun).wasKilled) {
		return fmt.Errorf("%w: it was asked to end (%s), and a command did not in time", actor.ErrKilled, why.Error())
	}
	return why
}

// patienceWith is how long to wait after a step: what has no process, since its
// build or parse function runs, is let finish within the grace, and cannot be
// ended by anything that comes after it.
func patienceWith(runs []*commandRun, step osproc.Rung) time.Duration {
	if step.Act != osproc.ActStop && !slices.ContainsFunc(runs, func(r *commandRun) bool { return r.pid() != 0 }) {
		return exitBound
	}
	return step.Wait
}

// kill ends what runs, and waits until it has, within bounds.
func (s *commandBackend) kill() {
	runs := s.underWay()
	for _, r := range runs {
		r.kill(actor.ErrKilled)
	}
	waitFor(s.idle, patienceWith(runs, osproc.Rung{Act: osproc.ActKill, Wait: osproc.ReapBound}))
}

// commandAlone runs one call of a command task without a System, as a person
// does by hand, and returns when nothing of it is left: also after ctx has
// ended. The end of kill has its process killed. Its error is that of a call,
// without its wrapping.
func commandAlone[In, Out any](ctx, kill context.Context, t Task[In, Out], c Commands, log *slog.Logger, in In) (Out, error) {
	var none Out
	c, err := c.checked()
	if err == nil {
		c, err = c.placed()
	}
	if err != nil {
		return none, err
	}
	var stop func() bool
	over := make(chan struct{})
	e := &commandEngine{
		commands: c, log: log,
		enter: func(r *commandRun) bool {
			stop = context.AfterFunc(kill, func() { r.kill(context.Cause(kill)) })
			return true
		},
		leave: func(*commandRun) { close(over) },
		guard: func() (osproc.Keeper, error) { return nil, nil },
	}
	job := &commandJob[In, Out]{task: &t, in: in}
	a, _ := e.runCommand(ctx, t.name, job, func() {}, func(*ExitError, time.Time) {})
	<-over
	stop()
	if a.err != nil {
		return none, a.err
	}
	return job.out, job.err
}
