package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/poison"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/progress"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/procactor"
)

// burial is how long the last deaths may take to be told.
const burial = time.Minute

// inFaultyProcesses analyzes files as inProcesses does, while the workers
// meet: a segmentation fault at the first attempt at one file, a SIGKILL from
// outside, and the poison. The errors of the poison are in its order.
func inFaultyProcesses(ctx context.Context, w workers, src string, files []string, poisoned []analyze.Request, bar *progress.Bar) (run report.Run, errs []error, err error) {
	// In this order, and early, so that most of the files are analyzed while
	// workers die. The answers come in the order of the files, so the crash
	// is over when the kill begins, and cannot be hit by it.
	crashAt, killAt := len(files)/8, len(files)/4
	crashed := make(chan struct{})
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var suffering sync.WaitGroup
	suffering.Go(func() {
		select {
		case <-crashed:
		case <-ctx.Done():
			return
		}
		var failed error
		if errs, failed = w.suffer(ctx, poisoned); failed != nil {
			cancel(failed)
		}
	})
	in := requests(src, files, func(i int) bool { return i == crashAt })
	run, err = inProcesses(ctx, w.pool, in, bar, func(i int) {
		if i == killAt {
			close(crashed)
		}
	})
	if err != nil {
		cancel(err)
	}
	suffering.Wait()
	return run, errs, context.Cause(ctx) // of the two errors the one that came first
}

// suffer kills one worker and calls the pool with each poison. It returns when
// all the deaths of that, and one before, are known.
func (w workers) suffer(ctx context.Context, poisoned []analyze.Request) ([]error, error) {
	killed, err := w.killOne(ctx)
	if err != nil {
		return nil, err
	}
	died, total := []actor.PID{killed}, 2 // with the one of the segmentation fault
	kinds, errs := poison.Kinds(), make([]error, len(poisoned))
	// The endless one first: it is the only one that waits for its deadline,
	// which is not to pass while the pool waits before a restart.
	for i, in := range slices.Backward(poisoned) {
		errs[i] = w.swallow(ctx, kinds[i], in)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		lives := w.killedBy(errs[i])
		died, total = append(died, lives...), total+len(lives)
	}
	limit, cancel := context.WithTimeout(ctx, burial)
	defer cancel()
	return errs, w.deaths.Await(limit, total, died...)
}

// killOne kills a worker's process as anybody outside could, and returns when
// its death is known.
func (w workers) killOne(ctx context.Context) (actor.PID, error) {
	all := w.pool.Workers()
	if len(all) == 0 {
		return actor.PID{}, errors.New("there is no worker to kill")
	}
	victim := all[max(0, slices.IndexFunc(all, func(w procactor.WorkerInfo) bool { return w.Calls > 0 }))]
	process, err := os.FindProcess(victim.Process)
	if err == nil {
		err = process.Kill()
	}
	if err != nil {
		return actor.PID{}, fmt.Errorf("kill worker %s, process %d: %w", victim.PID, victim.Process, err)
	}
	return victim.PID, w.deaths.Await(ctx, 1, victim.PID)
}

// swallow calls the pool with poison of that kind and returns the error. A call
// whose time went by in the queue, while the workers came back from their deaths,
// has shown nothing and is made again.
func (w workers) swallow(ctx context.Context, kind poison.Kind, in analyze.Request) error {
	task := analysis.WithTimeout(patienceWith(kind))
	for {
		_, err := task.On(w.pool).Call(ctx, in)
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, actor.ErrNotStarted) {
			return err
		}
	}
}

// killedBy lists the lives that a poison ended. Those that its error holds as
// deaths are noted.
func (w workers) killedBy(err error) []actor.PID {
	var lives []actor.PID
	if poisonous, ok := errors.AsType[*procactor.PoisonError](err); ok {
		w.deaths.Add(poisonous.Deaths...)
		for _, down := range poisonous.Deaths {
			lives = append(lives, down.PID)
		}
		return lives
	}
	// A worker that does not end an overdue call is killed.
	if call, ok := errors.AsType[*actor.CallError](err); ok && call.Delivery == actor.Unknown {
		lives = append(lives, call.PID)
	}
	return lives
}
