package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/census"
	"github.com/proctor-dev/proctor/procactor"
	"github.com/proctor-dev/proctor/supervise"
)

// What a run of crashes may grow by, all in all: far less than one small
// object for each.
func crashBounds() census.Bounds {
	return census.Bounds{Heap: 512 << 10, Resident: 16 << 20, Threads: 2}
}

const (
	poolSize = 3
	samples  = 20 // of a run
)

// forgiving is a supervisor's policy that allows any number of crashes. Its period is short,
// since the crashes within it are remembered with all their last words.
func forgiving() supervise.Policy {
	return supervise.Policy{Intensity: 1 << 20, Period: time.Millisecond}
}

func restarts(ctx context.Context, o options) (outcome, error) {
	out := outcome{parameters: fmt.Sprintf("%d crashes of a supervised worker, then %d of a pool of %d; a crash is one of: %s", o.n, o.n, poolSize, strings.Join(slices.Sorted(maps.Keys(deaths())), ", "))}
	if err := restartsOfOne(ctx, o, &out); err != nil {
		return out, err
	}
	return out, restartsOfPool(ctx, o, &out)
}

// restartsOfOne has a supervised worker crash n times.
func restartsOfOne(ctx context.Context, o options, out *outcome) error {
	seen := observe("one worker under a supervisor", 1, crashBounds())
	sys := quietSystem()
	_, err := supervise.Start(ctx, sys, supervise.Spec{
		Name: "top", Policy: forgiving(), Children: []supervise.ChildSpec{procactor.ProcessChild("w", procactor.Self())},
	})
	if err != nil {
		return errors.Join(err, closeSystem(sys))
	}
	calls := crashing(ctx, procactor.HostAt(sys, "top/w"), o, 1, seen)
	err = closeSystem(sys)
	seen.end(ctx, out)
	calls.tell(seen.title, out)
	return err
}

// restartsOfPool has the workers of a pool crash n times in all.
func restartsOfPool(ctx context.Context, o options, out *outcome) error {
	seen := observe(fmt.Sprintf("a pool of %d", poolSize), poolSize, crashBounds())
	sys := quietSystem()
	pool, err := procactor.StartPool(ctx, sys, "pool", procactor.Self(), procactor.PoolConfig{Size: poolSize})
	if err != nil {
		return errors.Join(err, closeSystem(sys))
	}
	calls := crashing(ctx, pool, o, poolSize, seen)
	err = closeSystem(sys)
	seen.end(ctx, out)
	calls.tell(seen.title, out)
	return err
}

// crashing has callers crash the host's workers n times, with good calls in
// between, in rounds with a sample after each.
func crashing(ctx context.Context, host procactor.Host, o options, callers int, seen *observation) *findings {
	c := &findings{}
	ways := slices.Sorted(maps.Keys(deaths()))
	var done atomic.Int64
	for round := range samples {
		until := int64(o.n * (round + 1) / samples)
		var all sync.WaitGroup
		for caller := range callers {
			random := rand.New(rand.NewPCG(o.seed, uint64(round*callers+caller)))
			all.Go(func() {
				for ctx.Err() == nil && done.Add(1) <= until {
					crash(ctx, host, ways[random.IntN(len(ways))], random.IntN(1000), c)
				}
			})
		}
		all.Wait()
		done.Store(until)
		settle(ctx, host, c)
		seen.sample(ctx, int(until))
	}
	return c
}

// crash makes a few calls that work and one that does not.
func crash(ctx context.Context, host procactor.Host, how string, n int, c *findings) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for range 2 {
		got, err := square.On(host).Call(ctx, n)
		// In a pool the caller's next worker may be one that dies of another
		// call; but not before it has answered this one.
		if err != nil || got != n*n {
			c.find("square of %d is %d, %v", n, got, err)
		}
	}
	_, err := die.On(host).Call(ctx, how)
	call, isCall := errors.AsType[*actor.CallError](err)
	exit, died := errors.AsType[*procactor.ExitError](err)
	switch {
	case !isCall || !died:
		c.find("%s: the call ended with %v", how, err)
	case call.Delivery != actor.Unknown:
		c.find("%s: the delivery is %v", how, call.Delivery)
	case !deaths()[how](exit):
		c.find("%s: the worker's end is %v", how, exit)
	default:
		c.count("by " + how)
	}
}

// settle waits until every worker is up again: each answers once more.
func settle(ctx context.Context, host procactor.Host, c *findings) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pool, isPool := host.(*procactor.Pool)
	pace := time.NewTicker(time.Millisecond)
	defer pace.Stop()
	for {
		if _, err := square.On(host).Call(ctx, 1); err != nil {
			c.find("after the crashes: %v", err)
			return
		}
		if !isPool || len(pool.Workers()) == poolSize {
			return
		}
		select {
		case <-ctx.Done():
		case <-pace.C:
		}
	}
}
