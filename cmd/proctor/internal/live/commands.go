package live

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/cmd/proctor/internal/output"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/procactor/ready"
	"github.com/proctor-dev/proctor/supervise"
	"github.com/proctor-dev/proctor/supervise/policy"
)

// Load reads a policy file all of whose children are programs, which write on
// the board.
func Load(path string, board *output.Board) (Program, error) {
	file, err := policy.Load(path, policy.Options{})
	if err != nil {
		return Program{}, err
	}
	p := Program{File: file, Sources: make(map[string]*output.Source)}
	var paths []string
	p.Fill.Command = func(c policy.Command) (supervise.ChildSpec, error) {
		return childOf(c, board.Source(c.Path))
	}
	if p.Spec, err = file.Spec(p.Fill); err != nil {
		return Program{}, err
	}
	for _, path := range programsOf(file.Tree()) {
		p.Sources[path] = board.Source(path)
		paths = append(paths, path)
	}
	board.Names(paths)
	return p, nil
}

// programsOf are the paths of the programs in a tree, in order.
func programsOf(n policy.Node) (paths []string) {
	if n.Kind == policy.Program {
		return []string{n.Path}
	}
	for _, c := range n.Children {
		paths = append(paths, programsOf(c)...)
	}
	return paths
}

// childOf is a program of a policy file as a child.
func childOf(c policy.Command, source *output.Source) (supervise.ChildSpec, error) {
	env := append(os.Environ(), c.Env...)
	if c.Pool != nil || c.Ready != nil && c.Ready.Frame {
		return workerOf(c, env, source), nil
	}
	d := procactor.Daemon{Args: c.Args, Env: env, Dir: c.Dir, Stdout: source.Stdout(), Stderr: source.Stderr()}
	if c.Every > 0 {
		return repeated(c, d), nil
	}
	if c.Ready != nil {
		var err error
		if d.Ready, err = readinessOf(*c.Ready); err != nil {
			return supervise.ChildSpec{}, err
		}
	}
	return procactor.DaemonChild(c.ID, d), nil
}

// workerOf is a program that speaks to us, or a pool of it.
func workerOf(c policy.Command, env []string, source *output.Source) supervise.ChildSpec {
	w := procactor.Program(c.Args[0], c.Args[1:]...)
	w.Env, w.Dir, w.Stdout, w.Stderr = env, c.Dir, source.Stdout(), source.Stderr()
	if c.Ready != nil {
		w.StartTimeout = c.Ready.Timeout
	}
	if c.Pool != nil {
		return procactor.PoolChild(c.ID, w, procactor.PoolConfig{Size: c.Pool.Size})
	}
	return procactor.Child(c.ID, w)
}

// repeated runs the program again and again.
func repeated(c policy.Command, d procactor.Daemon) supervise.ChildSpec {
	d.Grace = supervise.DefaultShutdown
	if c.Shutdown > 0 {
		d.Grace = c.Shutdown
	}
	return supervise.ChildSpec{ID: c.ID, Start: func(ctx context.Context, at *actor.Slot) error {
		run := func(ctx context.Context) error { return procactor.RunDaemon(ctx, at.System(), d) }
		return supervise.Every(c.ID, supervise.Interval(c.Every), run).Start(ctx, at)
	}}
}

// errNoReadiness is for a way to be ready that a later version of the files
// may have.
var errNoReadiness = errors.New("it says nothing of when it is ready")

func readinessOf(r policy.Ready) (procactor.Readiness, error) {
	to := procactor.Readiness{Timeout: r.Timeout, Interval: max(r.Interval, time.Millisecond)}
	switch {
	case r.Stdout != nil:
		to.Line = r.Stdout.MatchString
	case r.TCP != "":
		to.Probe = ready.TCP(r.TCP)
	case r.HTTP != "":
		to.Probe = ready.HTTP(r.HTTP)
	case len(r.Command) > 0:
		to.Command = r.Command
	default:
		return to, errNoReadiness
	}
	return to, nil
}
