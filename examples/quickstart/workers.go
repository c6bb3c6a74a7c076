package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/deaths"
	"github.com/proctor-dev/proctor/examples/quickstart/internal/report"
	"github.com/proctor-dev/proctor/procactor"
)

const (
	// grace is how long a worker may go on with a file that nobody waits for.
	grace = 200 * time.Millisecond
	// closing is how long stopping all workers may take, after a Ctrl-C, before
	// they are killed. Without one they have the time that they need.
	closing = 700 * time.Millisecond
)

// workers is a pool of this program's own processes, and how they died.
type workers struct {
	sys    *actor.System
	pool   *procactor.Pool
	deaths *deaths.Collector
}

// withWorkers calls use with a pool of that size, and returns all deaths. When
// it returns no worker is left. The end of hard kills those that are still
// being stopped.
func withWorkers(ctx, hard context.Context, size int, use func(workers) error) (died []report.Death, err error) {
	// Each death is in the report, so it need not be logged, nor what the
	// worker wrote on its standard error.
	sys := actor.NewSystem(actor.WithLogger(slog.New(slog.DiscardHandler)))
	defer func() {
		err = errors.Join(err, closeWorkers(ctx, hard, sys))
	}()
	worker := procactor.Self()
	worker.Grace = grace
	const name = "analyzers"
	pool, err := procactor.StartPool(ctx, sys, name, worker, procactor.PoolConfig{Size: size})
	if err != nil {
		return nil, err
	}
	paths := make([]string, size)
	for i := range paths {
		paths[i] = fmt.Sprintf("%s#%d", name, i+1)
	}
	collector := deaths.Watch(sys, paths...)
	defer func() { died = collector.Stop() }()
	return nil, use(workers{sys: sys, pool: pool, deaths: collector})
}

// closeWorkers stops all workers. It kills those that are left when hard ends,
// or, once ctx has ended, after the time closing.
func closeWorkers(ctx, hard context.Context, sys *actor.System) error {
	limit, kill := context.WithCancel(hard)
	defer kill()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(closing, kill) })()
	return sys.Close(limit)
}
