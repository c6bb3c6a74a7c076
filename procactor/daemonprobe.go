package procactor

import (
	"context"
	"errors"
	"fmt"
)

// probeCommand is one run of Readiness.Command: it succeeded if it exits with
// status 0. It is a child of the System's as the program itself is, so that it
// does not outlive this process.
func (r *daemonRun) probeCommand(ctx context.Context) error {
	plan, err := planDaemon(r.daemon.Ready.Command, r.daemon.Env, r.daemon.Dir)
	if err != nil {
		return err
	}
	if plan.ward, err = wardOf(r.sys, wardCommand); err != nil {
		return err
	}
	c, stdout, stderr, err := startPlain(plan, r.daemon.Ready.Command[0])
	if err != nil {
		return err
	}
	out, errs := newCapture(stdout, false, nil, nil), newCapture(stderr, true, nil, nil)
	stop := context.AfterFunc(ctx, c.killGroup)
	state, err := c.wait()
	stop()
	limit, cancel := context.WithTimeout(context.Background(), drainBound)
	defer cancel()
	out.close(limit.Done())
	e := &ExitError{PID: c.pid(), Program: plan.path, Stderr: errs.close(limit.Done())}
	if err != nil {
		return fmt.Errorf("its status is not known: %w", err)
	}
	if e.Code, e.Signal = exitStatus(state); e.Code == 0 && e.Signal == nil {
		return nil
	}
	// Its text only: it would be taken for how the program itself ended.
	return errors.New(e.Error())
}
