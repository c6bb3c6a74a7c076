// Package commands makes the commands of a policy file run, by package
// procactor: plain programs, workers and pools of Proctor, and programs that
// run at an interval.
//
//	file, err := policy.Load("shop.yaml", policy.Options{})
//	spec, err := file.Spec(policy.Fill{Command: commands.Maker(commands.Options{})})
//	sup, err := supervise.Start(ctx, sys, spec)
//
// It is a package of its own so that a program whose tree has no commands does
// not link what starts processes.
package commands

import (
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// Options say what a file does not. The zero Options are good.
type Options struct {
	// Output gives where a child's standard output and error go; nil, also of
	// one of the two, means log lines with the child's name and pid. See
	// [procactor.Daemon] for what a writer must bear; the workers of a pool and
	// the instances of a template share theirs.
	Output func(policy.Command) (stdout, stderr io.Writer)
	// RunEnded is told of the end of each run of a program at an interval, when
	// all that it wrote is with its writers: what the next run writes is not of
	// the same line. It is called on the goroutine of the run, of which it is a
	// part: its panic is the child's. Nil: nobody is told.
	RunEnded func(policy.Command)
	// Env is the environment that a child's own is added to, as "NAME=value";
	// nil means that of this process.
	Env []string
}

// Maker returns the function that makes children of commands, for the field
// Command of [policy.Fill].
func Maker(opts Options) func(policy.Command) (supervise.ChildSpec, error) {
	return func(c policy.Command) (supervise.ChildSpec, error) { return Child(c, opts), nil }
}

// Child returns a command as a child. It is
//   - a pool of workers ([procactor.PoolChild]) when it has a Pool;
//   - a worker ([procactor.ProcessChild]) when it is ready by its first frame. What
//     runs in it may finish within half of its Shutdown before TERM comes;
//   - runs of a plain program at an interval ([supervise.Every]) when it has an
//     Every: a run that fails is a crash of the child, unless its OnFail has it
//     survived ([supervise.Survivable]);
//   - else a plain program ([procactor.DaemonChild]).
func Child(c policy.Command, opts Options) supervise.ChildSpec {
	env := opts.Env
	if env == nil {
		env = os.Environ()
	}
	var stdout, stderr io.Writer
	if opts.Output != nil {
		stdout, stderr = opts.Output(c)
	}
	d := procactor.Daemon{
		Args: slices.Clone(c.Args), Env: slices.Concat(env, c.Env), Dir: c.Dir, Stdout: stdout, Stderr: stderr,
		Redact: func(message string) string { return inKeys(c.Hide(message)) },
	}
	switch {
	case c.Pool != nil:
		return procactor.PoolChild(c.ID, workerOf(c, d), procactor.PoolConfig{Size: c.Pool.Size})
	case c.Ready != nil && c.Ready.Frame:
		return procactor.ProcessChild(c.ID, workerOf(c, d))
	case c.Every > 0:
		return repeated(c, d, opts.RunEnded)
	case c.Ready != nil:
		d.Ready = readinessOf(*c.Ready)
		d.Grace = graceOf(c) // of a start that fails, which no supervisor stops
	}
	return procactor.DaemonChild(c.ID, d)
}

// inKeys is a message for whoever has written the file, and no Go: what is called by
// a field or a function there is called by its key.
func inKeys(message string) string {
	return strings.NewReplacer(
		"does it call procactor.Main first in main?",
		"with ready: {frame: true}, or in a pool, the program must be a worker of Proctor (in Go, one that calls procactor.Main first in main); for another one say by tcp, http, stdout or command when it is ready",
		"Worker.Dir ", "dir ",
		"or leave it empty for this process's own", "or leave dir out",
	).Replace(message)
}

// workerOf is the program of d as one that speaks to us.
func workerOf(c policy.Command, d procactor.Daemon) procactor.Worker {
	w := procactor.Program(d.Args[0], d.Args[1:]...)
	w.Env, w.Dir, w.Stdout, w.Stderr, w.Redact = d.Env, d.Dir, d.Stdout, d.Stderr, d.Redact
	if c.Ready != nil {
		w.StartTimeout = c.Ready.Timeout
	}
	if c.Shutdown > 0 {
		w.Grace = max(c.Shutdown/2, 1)
	}
	return w
}

// repeated runs the program at an interval. A run is no child with a Shutdown
// of its own.
func repeated(c policy.Command, d procactor.Daemon, ended func(policy.Command)) supervise.ChildSpec {
	d.Grace = graceOfRun(c)
	return supervise.ChildSpec{ID: c.ID, Start: func(ctx context.Context, at *actor.Slot) error {
		run := func(ctx context.Context) error {
			err := procactor.RunDaemonFor(ctx, at.System(), at.Path(), d)
			if ended != nil {
				ended(c)
			}
			if c.OnFail == policy.FailLog {
				return supervise.Survivable(err)
			}
			return err
		}
		return supervise.Every(supervise.NameAt(at, c.ID), supervise.Interval(c.Every), run).Start(ctx, at)
	}}
}

// graceOf is how long a program has between TERM and KILL.
func graceOf(c policy.Command) time.Duration {
	switch { //nolint:staticcheck // exhaustive would want the units of time
	case c.Shutdown == supervise.BrutalKill:
		return supervise.BrutalKill
	case c.Shutdown == supervise.Infinity:
		return 0
	case c.Shutdown == 0:
		return supervise.DefaultShutdown
	}
	return c.Shutdown
}

// unbounded is longer than anything runs, and can be added to.
const unbounded time.Duration = 1 << 62

// graceOfRun is that of a run of a periodic child: it has the time of the child
// that it is a part of, but for a tenth, in which its own end is seen.
func graceOfRun(c policy.Command) time.Duration {
	if c.Shutdown == supervise.Infinity {
		return unbounded // zero would be bounded by the time of whoever is not supervised
	}
	grace := graceOf(c)
	return grace - grace/10
}

// readinessOf is r for a plain program.
func readinessOf(r policy.Ready) procactor.Readiness {
	to := procactor.Readiness{Timeout: r.Timeout, Interval: max(r.Interval, time.Millisecond), Command: r.Command}
	switch {
	case r.Stdout != nil:
		to.Line = r.Stdout.MatchString
	case r.Stderr != nil:
		to.StderrLine = r.Stderr.MatchString
	case r.TCP != "":
		to.Probe = tcp(r)
	case r.HTTP != "":
		to.Probe = http(r)
	}
	return to
}
