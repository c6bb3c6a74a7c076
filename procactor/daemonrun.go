package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/guardian"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

// daemonRun is one life of a plain program.
type daemonRun struct {
	daemon Daemon
	life   *actor.Life
	sys    *actor.System
	who    slog.Attr // the path of the actor whose program it is, as records have it
	run    bool      // its end is told to whoever runs it, and by nobody to the log
	path   string    // of the program, as it was found

	child          *osproc.Child
	stdout, stderr *stdio.Capture
	line           *stdio.LineWatch // nil unless a line makes it ready
	lines          []*stdio.LogLines
	exited         chan struct{} // closed when the process was reaped
	status         osproc.Status // set before exited is closed, and so is ended
	ended          time.Time
	end            osproc.Ending     // set by collectExit
	stops          osproc.StopRecord // what we do to end it
}

// launch starts the program and returns when it is ready. Whatever goes wrong
// is undone.
func (r *daemonRun) launch(ctx context.Context) error {
	if err := r.daemon.check(); err != nil {
		return err
	}
	plan, err := planDaemon(r.daemon.Args, r.daemon.Env, r.daemon.Dir)
	if err != nil {
		return err
	}
	r.path = plan.Path
	if ctx.Err() != nil {
		return actor.ContextError(ctx)
	}
	if plan.Keeper, err = guardian.SlotFor(r.sys, guardian.Command, guarding()); err != nil {
		return err
	}
	c, stdout, stderr, err := startPlain(plan, r.daemon.Args[0])
	if err != nil {
		return err
	}
	r.child = c
	r.openOutput(stdout, stderr)
	go r.reap()
	if err := r.awaitReady(ctx); err != nil {
		return r.failedStart(err)
	}
	r.child.Sighted()
	return nil
}

// planDaemon checks what can be checked before a process is there.
func planDaemon(args, env []string, dir string) (osproc.Plan, error) {
	if len(args) == 0 || args[0] == "" {
		return osproc.Plan{}, errNoProgram
	}
	p := osproc.Plan{Args: args, Env: childEnv(env), Dir: dir}
	if hint, problem := lackOfOwnDir(args[0], dir); problem != nil { // otherwise it would be said of the program, or by it
		return p, &CommandError{Program: args[0], Err: problem, Hint: hint}
	}
	var err error
	if p.Path, err = osproc.FindProgram(args[0]); err != nil {
		return p, &CommandError{Program: args[0], Err: err, Hint: hintOf(args[0], err)}
	}
	for _, kv := range env {
		if strings.Contains(kv, "\x00") { // os/exec, which cleans it, would leave it out
			name, _, _ := strings.Cut(kv, "=")
			return p, &CommandError{Program: args[0], Err: fmt.Errorf("its variable %q has a NUL, which no environment can have", name)}
		}
	}
	if dir == "" {
		return p, nil
	}
	if hint, problem := hintOfWorkDir(dir, "name another"); problem != nil { // otherwise it would be said of the program
		return p, &CommandError{Program: args[0], Err: problem, Hint: hint}
	}
	return p, nil
}

// startPlain starts a program that has no channel to us but its output; it
// sees to the keeper when it fails.
func startPlain(plan osproc.Plan, name string) (c *osproc.Child, stdout, stderr *os.File, err error) {
	files, err := osproc.OpenStandardFiles(false, nil)
	if err != nil {
		if plan.Keeper != nil {
			plan.Keeper.Release()
		}
		return nil, nil, nil, err
	}
	if c, err = files.Start(plan); err != nil {
		return nil, nil, nil, &CommandError{Program: name, Err: err, Hint: hintOf(plan.Path, err)}
	}
	return c, files.Stdout, files.Stderr, nil
}

// openOutput connects what the program writes with whoever takes it.
func (r *daemonRun) openOutput(stdout, stderr *os.File) {
	log := r.log()
	out, errs := stdio.OneAtATime(r.daemon.Stdout, r.daemon.Stderr)
	or := func(w io.Writer, stream string) io.Writer {
		if w != nil {
			return w
		}
		l := stdio.NewLogLines(log, stream, programLines())
		r.lines = append(r.lines, l)
		return l
	}
	out, errs = or(out, stdio.Stdout), or(errs, stdio.Stderr)
	if match, _, stream := r.daemon.Ready.line(); match != nil {
		watched := &out
		if stream == stdio.Stderr {
			watched = &errs
		}
		r.line = stdio.NewLineWatch(*watched, match, stream, log)
		*watched = r.line
	}
	r.stdout = stdio.NewCapture(stdout, false, out, stdio.LogBroken(log))
	r.stderr = stdio.NewCapture(stderr, true, errs, stdio.LogBroken(log))
}

func (r *daemonRun) log() *slog.Logger {
	return loggerOf(r.sys, r.who, record.Process(r.child.Pid()))
}

// reap waits for the end of the process; on a goroutine of its own.
func (r *daemonRun) reap() {
	r.status = r.child.Wait()
	r.ended = time.Now()
	close(r.exited)
}

// failedStart ends what was started, and joins why with how the program died.
func (r *daemonRun) failedStart(why error) error {
	if !errors.Is(why, errExited) {
		_ = r.stop(why, cmp.Or(r.daemon.Grace, defaultGrace)) // nobody else may bound it
	}
	e := r.collectExit()
	keepName(r.life, r.exited)
	if errors.Is(why, errExited) {
		return fmt.Errorf("%w: %w", why, e)
	}
	if e.Panic != nil {
		return fmt.Errorf("%w: %w", why, e)
	}
	if line := stdio.LastLine(e.Stderr); line != "" && errors.Is(why, ErrStartTimeout) {
		return fmt.Errorf("%w; stderr ends %q", why, line)
	}
	return why
}

// watch is the life of a program that is up: it waits for its end, or brings
// it about, and then says how it ended.
func (r *daemonRun) watch() {
	stopped := r.untilEnd()
	died := r.collectExit()
	reason := redacted(r.daemon.Redact, endOfLife(stopped, died, r.end.Forced, r.ownEnd(died)))
	if !r.run {
		tellEnd(record.ProgramDied, r.life, reason, died)
	}
	keepName(r.life, r.exited)
	r.life.End(reason)
}

// untilEnd returns when the process has ended, or was killed; the reason is nil
// unless we ended it.
func (r *daemonRun) untilEnd() (stopped error) {
	sight := time.NewTicker(osproc.SightEvery)
	defer sight.Stop()
	for {
		select {
		case <-r.exited:
			return nil
		case <-r.life.Killed():
			return r.kill(cmp.Or(r.life.StopRequested(), actor.ErrKilled))
		case <-r.life.Context().Done():
			return r.stop(context.Cause(r.life.Context()), r.daemon.Grace)
		case <-sight.C:
			r.child.Sighted()
		}
	}
}

// ownEnd is the reason of a life that nobody stopped.
func (r *daemonRun) ownEnd(died *ExitError) error {
	if r.end.Clean() && died.Why == nil {
		return normalExit{}
	}
	return died
}

// collectExit collects what is left of an ended program, and says how it ended.
func (r *daemonRun) collectExit() *ExitError {
	limit, cancel := context.WithTimeout(context.Background(), drainBound)
	defer cancel()
	stderr := r.stderr.Close(limit.Done())
	r.stdout.Close(limit.Done())
	known, reaped := osproc.Facts{Stops: r.stops.SoFar()}, isClosed(r.exited)
	if reaped {
		known.SetStatus(r.status)
	}
	r.end = osproc.Judge(known)
	e := newExitError(r.child.Pid(), r.end, stderr)
	e.Program, e.who, e.redact = r.path, r.who, r.daemon.Redact
	if e.Code > 0 && !e.Killed {
		e.hint = hintOfScript(headOf(r.path))
	}
	if reaped {
		e.explain(nil, r.stderr.Quiet(r.ended), r.child.Manner)
	}
	for _, l := range r.lines {
		l.End(e.Panic != nil)
		l.Close(limit.Done())
	}
	return e
}

// stop asks the program to end, and kills it when its grace is over or whoever
// stops it wants no more waiting. It returns why it was ended.
func (r *daemonRun) stop(why error, grace time.Duration) error {
	switch r.descend(why, grace, r.life.Killed()) {
	case osproc.DescentCut:
		return r.kill(actor.ErrKilled)
	case osproc.DescentLate:
		record.ProgramNotGone.Log(r.log())
	case osproc.DescentEnded:
	}
	return why
}

// kill kills the program with its group, and waits for its end, within a bound.
// It returns why.
func (r *daemonRun) kill(why error) error {
	if r.descend(why, -1, nil) == osproc.DescentLate {
		record.ProgramNotGone.Log(r.log())
	}
	return why
}

func (r *daemonRun) descend(why error, grace time.Duration, hurry <-chan struct{}) osproc.Descent {
	return osproc.Descend(osproc.Ladder(osproc.StopProgram, grace, osproc.HasSignals), func(step osproc.Rung) time.Duration {
		r.act(step.Act, why)
		return step.Wait
	}, r.exited, hurry)
}

func (r *daemonRun) act(a osproc.StopAct, why error) {
	switch a { //nolint:exhaustive // a plain program has no channel, and no stacks to show
	case osproc.ActTerminate:
		r.stops.NoteAsked(why, osproc.MotiveOrder)
		r.child.TerminateGroup()
	case osproc.ActKill:
		r.stops.NoteKilled(why, osproc.MotiveOrder)
		r.child.KillGroup()
	}
}
