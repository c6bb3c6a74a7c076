package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/census"
	"github.com/proctor-dev/proctor/procactor"
)

const (
	callers     = 6
	callWorkers = 2 // of the pool; one more is alone
)

func calls(ctx context.Context, o options) (outcome, error) {
	out := outcome{parameters: fmt.Sprintf("%d calls from %d goroutines, on a pool of %d and on one worker alone", o.n, callers, callWorkers)}
	// A byte for each call. Buffers grow for the largest bodies, and shrink again.
	seen := observe(fmt.Sprintf("%d calls", o.n), callWorkers+1, census.Bounds{Heap: 1 << 20, Resident: 16 << 20, Threads: 2})
	sys := quietSystem()
	pool, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: callWorkers})
	if err != nil {
		return out, errors.Join(err, closeSystem(sys))
	}
	alone, err := procactor.Start(ctx, sys, "alone", procactor.Self())
	if err != nil {
		return out, errors.Join(err, closeSystem(sys))
	}
	f := &findings{}
	started := processes(ctx, pool, alone)
	var done atomic.Int64
	for round := range samples {
		until := int64(o.n * (round + 1) / samples)
		each(callers, func(caller int) {
			random := rand.New(rand.NewPCG(o.seed, uint64(round*callers+caller)))
			for ctx.Err() == nil && done.Add(1) <= until {
				var host procactor.Host = pool
				if random.IntN(3) == 0 {
					host = alone
				}
				callOnce(ctx, host, random, f)
			}
		})
		done.Store(until)
		idle(ctx, pool, alone, f)
		seen.sample(ctx, int(until))
		o.say("%d calls", until)
	}
	if now := processes(ctx, pool, alone); now != started {
		f.find("a worker was replaced: %s before, %s after", started, now)
	}
	f.close(sys)
	seen.end(ctx, &out)
	f.tell(seen.title, &out)
	return out, ctx.Err()
}

// callOnce makes a call of some shape, and counts it if it ended as it must.
func callOnce(ctx context.Context, host procactor.Host, random *rand.Rand, f *findings) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all := shapes()
	total := 0
	for _, s := range all {
		total += s.weight
	}
	k := random.IntN(total)
	for _, s := range all {
		if k -= s.weight; k >= 0 {
			continue
		}
		if err := s.call(ctx, host, random); err != nil {
			f.find("%s: %v", s.name, err)
			return
		}
		f.count(s.name)
		return
	}
}

// idle waits until no worker runs a call: a cast, or what was given up, may be
// under way.
func idle(ctx context.Context, pool *procactor.Pool, alone *procactor.Process, f *findings) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := square.On(alone).Call(ctx, 1); err != nil { // behind whatever runs
		f.find("idle: %v", err)
	}
	quiet(ctx, pool, f)
}

// quiet waits until no worker of the pool runs a call.
func quiet(ctx context.Context, pool *procactor.Pool, f *findings) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pace := time.NewTicker(time.Millisecond)
	defer pace.Stop()
	for {
		running := 0
		for _, w := range pool.Workers() {
			running += w.Calls
		}
		if running == 0 {
			return
		}
		select {
		case <-ctx.Done():
			f.find("idle: %d calls still run", running)
			return
		case <-pace.C:
		}
	}
}

// processes names the processes of all workers.
func processes(ctx context.Context, pool *procactor.Pool, alone *procactor.Process) string {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text := fmt.Sprint(process.On(alone).Call(ctx, struct{}{}))
	for _, w := range pool.Workers() {
		text += fmt.Sprint(" ", w.Process)
	}
	return text
}

// wrong says what came instead of what had to.
func wrong(got any, err error) error {
	if call, ok := errors.AsType[*actor.CallError](err); ok {
		return fmt.Errorf("got %v and %w (%v)", got, err, call.Delivery)
	}
	return fmt.Errorf("got %v and %w", got, err)
}
