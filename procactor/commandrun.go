package procactor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/link"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

// commandRun is one call of a command: its directory, its process, and what
// that wrote.
type commandRun struct {
	engine *commandEngine
	task   string
	call   record.Call
	dir    string
	cmd    Command
	free   func() // gives the lease back; nil when that was done

	killed func(e *ExitError, began time.Time) // told that a call that was given up had to be killed

	// Of the process; set before it can end.
	feeder         *stdio.Feeder
	collector      *stdio.Collector
	stdout, stderr *stdio.Capture // stdout is nil when a file takes it
	lines          *stdio.LogLines

	exited chan struct{} // closed when the process was reaped
	stuck  chan struct{} // closed when not even KILL ended it in time
	status osproc.Status // set before exited is closed, and so is ended
	began  time.Time
	ended  time.Time

	stops osproc.StopRecord // what we do to end it

	mu     sync.Mutex    // protects the following, and that a process is ended that has just begun
	child  *osproc.Child // nil before the process is there
	broken error         // what kept the process from being of use
	timed  bool          // somebody sees to stuck
}

// openFiles opens the standard files of a command that runs in dir.
func openFiles(dir string, cmd Command) (*osproc.StandardFiles, error) {
	var stdout *os.File
	if cmd.StdoutFile != "" {
		var err error
		if stdout, err = openStdoutFile(below(dir, cmd.StdoutFile)); err != nil {
			return nil, err
		}
	}
	return osproc.OpenStandardFiles(cmd.Stdin != nil, stdout)
}

// openStdoutFile makes or empties the file. Opening a named pipe would wait for
// whoever reads it, and nothing could end that.
func openStdoutFile(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeNamedPipe != 0 {
		return nil, &os.PathError{Op: "open", Path: path, Err: errors.New("it is a named pipe, not a file: open it, and set Command.Stdout")}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
}

// errTwoOutputs refuses a Command that says two things.
var errTwoOutputs = errors.New("both Command.Stdout and Command.StdoutFile are set")

// prepare has the task say what to start, and starts it. When it returns an
// error, no process is there.
func (r *commandRun) prepare(ctx context.Context, call commandCall) (err error) {
	if r.dir, err = privateDir(r.engine.commands.Dir); err != nil {
		return err
	}
	cmd, err := call.build(ctx, r.dir)
	switch {
	case err != nil:
		err = refused(err) // what it says of the input it says again
	case ctx.Err() != nil:
		err = actor.ContextError(ctx)
	}
	if err == nil {
		return r.start(ctx, cmd)
	}
	if cmd.Stdin != nil {
		stdio.CloseIfCloser(cmd.Stdin)
	}
	return err
}

// start starts the process. When it returns an error, nothing is left of it.
func (r *commandRun) start(ctx context.Context, cmd Command) (err error) {
	r.cmd = cmd
	fed := false
	defer func() {
		if !fed && cmd.Stdin != nil {
			stdio.CloseIfCloser(cmd.Stdin)
		}
	}()
	if cmd.Stdout != nil && cmd.StdoutFile != "" {
		return refused(r.failure(errTwoOutputs, ""))
	}
	plan, err := r.plan()
	if err != nil {
		return err
	}
	if r.isEnding() {
		return link.ErrLost
	}
	files, err := openFiles(r.dir, cmd)
	if err != nil {
		return r.failure(err, "")
	}
	if plan.Keeper, err = r.engine.guard(); err != nil {
		files.Close()
		return err
	}
	r.began = time.Now()
	c, err := files.Start(plan)
	if err != nil {
		failure := r.failure(err, hintOf(plan.Path, err))
		if isPassing(err) {
			return failure
		}
		return refused(failure)
	}
	r.openOutput(ctx, files, c.Pid())
	r.begun(c)
	go r.reap()
	if cmd.Stdin != nil {
		fed = true
		go r.feeder.Run()
	}
	return nil
}

// plan checks what can be checked before a process is there.
func (r *commandRun) plan() (osproc.Plan, error) {
	p := osproc.Plan{Args: append([]string{r.cmd.Path}, r.cmd.Args...), Dir: below(r.dir, r.cmd.Dir)}
	env := r.cmd.Env
	if env == nil {
		env = r.engine.commands.Env
	}
	p.Env = childEnv(env)
	if hint, problem := lackOfOwnDir(r.cmd.Path, p.Dir); problem != nil {
		return p, refused(r.failure(problem, hint))
	}
	var err error
	if p.Path, err = osproc.FindProgram(r.cmd.Path); err != nil {
		return p, refused(r.failure(err, hintOf(r.cmd.Path, err)))
	}
	if hint, problem := hintOfWorkDir(p.Dir, "leave Command.Dir empty"); problem != nil { // otherwise it would be said of the program
		return p, refused(r.failure(problem, hint))
	}
	return p, nil
}

// failure says what kept the command from being of use.
func (r *commandRun) failure(err error, hint string) error {
	return &CommandError{Task: r.task, Program: r.cmd.Path, Err: err, Hint: hint}
}

// openOutput connects what the process writes with whoever takes it, and prepares
// what it reads.
func (r *commandRun) openOutput(ctx context.Context, files *osproc.StandardFiles, pid int) {
	log := withAttrs(r.engine.log, record.Task(r.task), record.Process(pid))
	commands := r.engine.commands
	out, _ := outputOf(ctx)
	r.lines = stdio.NewLogLines(log, stdio.Stderr, commandLines())
	if files.Stdout != nil {
		r.collector = &stdio.Collector{CopyTo: either(out.stdout, commands.Stdout), Limit: commands.MaxBody, Failed: r.fail, Broken: stdio.LogBroken(log)}
		if r.cmd.Stdout != nil {
			r.collector.To = stdio.NewSafeWriter(r.cmd.Stdout)
		}
		r.stdout = stdio.NewCapture(files.Stdout, false, r.collector, nil)
	}
	r.stderr = stdio.NewCapture(files.Stderr, true, either(out.stderr, r.restOfStderr()), stdio.LogBroken(log))
	if files.Stdin != nil {
		r.feeder = stdio.NewFeeder(r.cmd.Stdin, files.Stdin, drainBound,
			func(err error) { r.fail(fmt.Errorf("read Command.Stdin: %w", err)) },
			func() { record.StdinLeft.Log(log) })
	}
}

// restOfStderr takes what is not the call's writer's.
func (r *commandRun) restOfStderr() io.Writer {
	return either(r.engine.commands.Stderr, r.lines)
}

// either returns the first of the writers that there is.
func either(a, b io.Writer) io.Writer {
	if a != nil {
		return a
	}
	return b
}

// begun takes note of the process, and ends it if that was wanted meanwhile.
func (r *commandRun) begun(c *osproc.Child) {
	r.mu.Lock()
	r.child = c
	wanted := r.stops.SoFar()
	r.mu.Unlock()
	switch {
	case wanted.Killed:
		r.kill(wanted.Why)
	case wanted.Asked:
		c.TerminateGroup()
	}
}

// reap waits for the end of the process; on a goroutine of its own.
func (r *commandRun) reap() {
	r.status = r.child.Wait()
	r.ended = time.Now()
	close(r.exited)
	if r.feeder != nil {
		r.feeder.Stop()
	}
}

// await waits for the end of the process, or for that of ctx: then it has the
// process ended, and returns what the call is answered with meanwhile.
func (r *commandRun) await(ctx context.Context) (a answer, ended bool) {
	select {
	case <-r.exited:
		return answer{}, true
	case <-r.stuck:
		return ofDeath(r.exitError()), false
	case <-ctx.Done():
	}
	if isClosed(r.exited) {
		return answer{}, true
	}
	err := actor.ContextError(ctx)
	go osproc.Descend(osproc.Ladder(osproc.StopProgram, r.engine.commands.Grace, osproc.HasSignals), func(step osproc.Rung) time.Duration {
		r.act(step.Act, err)
		return step.Wait
	}, r.exited, nil)
	return answer{err: err, delivery: actor.Unknown}, false
}

// pid is the process's id, zero when there is none.
func (r *commandRun) pid() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.child == nil || isClosed(r.exited) {
		return 0
	}
	return r.child.Pid()
}
