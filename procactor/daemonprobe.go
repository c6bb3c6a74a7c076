package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/foreign"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

// probeCommand is one run of Readiness.Command: it succeeded if it exits with
// status 0. It is a child of the System's as the program itself is, so that it
// does not outlive this process.
func (r *daemonRun) probeCommand(ctx context.Context) error {
	plan, err := planDaemon(r.daemon.Ready.Command, r.daemon.Env, r.daemon.Dir)
	if err != nil {
		return err
	}
	if plan.Keeper, err = wardOf(r.sys, wardCommand); err != nil {
		return err
	}
	c, stdout, stderr, err := startPlain(plan, r.daemon.Ready.Command[0])
	if err != nil {
		return err
	}
	out, errs := stdio.NewCapture(stdout, false, nil, nil), stdio.NewCapture(stderr, true, nil, nil)
	stop := context.AfterFunc(ctx, c.KillGroup)
	status := c.Wait()
	stop()
	limit, cancel := context.WithTimeout(context.Background(), drainBound)
	defer cancel()
	out.Close(limit.Done())
	var known osproc.Facts
	known.SetStatus(status)
	end := osproc.Judge(known)
	if end.Clean() {
		return nil
	}
	e := newExitError(c.Pid(), end, errs.Close(limit.Done()))
	e.Program = plan.Path
	// Its text only: it would be taken for how the program itself ended.
	return errors.New(e.Error())
}

// probing begins to try.
func (r *daemonRun) probing() *sign {
	trying, cancel := context.WithCancel(r.life.Own(context.Background()))
	done, over := make(chan struct{}), make(chan struct{})
	tried := &lastError{}
	go func() {
		defer close(over)
		r.probe(trying, tried, done)
	}()
	return &sign{
		came: done, tried: tried.get,
		settle: func(ctx context.Context, whole bool) {
			if whole {
				r.within(ctx, over, lastTry)
			}
		},
		close: func() {
			cancel()
			if !waitFor(over, drainBound) {
				record.ReadyTryLeft.Log(r.log())
			}
		},
	}
}

// within waits for done, at most for d, and not while the start is not wanted
// any more. It reports whether done has come.
func (r *daemonRun) within(ctx context.Context, done <-chan struct{}, d time.Duration) bool {
	limit := time.NewTimer(d)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
	case <-ctx.Done():
	case <-r.life.Context().Done():
	}
	return isClosed(done)
}

// probe tries until it succeeds, and then closes done, or ctx or the program
// ends.
func (r *daemonRun) probe(ctx context.Context, tried *lastError, done chan<- struct{}) {
	ready := r.daemon.Ready
	try := ready.Probe
	if try == nil {
		try = r.probeCommand
	}
	told := false
	panicked := func(crash *actor.PanicError) {
		if !told { // each try may panic in the same way
			told = true
			record.ReadyProbePanicked.Log(r.log(), record.Panic(crash.Value), record.Stack(crash.Stack))
		}
	}
	for {
		err := triedOnce(ctx, try, panicked)
		if err == nil {
			close(done)
			return
		}
		if ctx.Err() != nil {
			return
		}
		tried.set(err)
		if isClosed(r.exited) {
			return
		}
		pause := time.NewTimer(cmp.Or(ready.Interval, defaultProbeInterval))
		select {
		case <-pause.C:
		case <-r.exited:
			pause.Stop()
			return
		case <-ctx.Done():
			pause.Stop()
			return
		}
	}
}

// triedOnce makes an error of a panic, of a goroutine that is ended, and of an
// error one that can be looked into.
func triedOnce(ctx context.Context, try func(context.Context) error, panicked func(*actor.PanicError)) (err error) {
	if fault := foreign.Survive(func() { err = actor.SafeError(try(ctx)) }); fault != nil {
		crash := stdio.PanicOf(fault)
		panicked(crash)
		return fmt.Errorf("Readiness.Probe: %w", crash)
	}
	return err
}
