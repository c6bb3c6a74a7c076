package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/census"
	"github.com/proctor-dev/proctor/procactor"
)

// A gust is one round of a storm: n workers are started and killed at once.
type gust struct {
	what string
	blow func(ctx context.Context, n int, random *rand.Rand, f *findings)
}

func gusts() []gust {
	return []gust{
		{"killed in service, each in a call", killedInService},
		{"killed while they start", killedWhileStarting},
		{"the system closed while they start", closedWhileStarting},
		{"a pool of all, killed twice", killedInPool},
	}
}

func storm(ctx context.Context, o options) (outcome, error) {
	const rounds = 5
	out := outcome{}
	each := gusts()
	repeat := rounds
	if o.short {
		repeat = 1
	}
	var kinds []string
	for _, g := range each {
		kinds = append(kinds, g.what)
	}
	out.parameters = fmt.Sprintf("%d workers at once, %d times each: %s", o.n, repeat, strings.Join(kinds, "; "))
	seen := observe(fmt.Sprintf("%d workers", o.n), o.n, census.Bounds{Heap: 1 << 20, Resident: 64 << 20, Threads: 8})
	f := &findings{}
	for round := range repeat {
		for k, g := range each {
			o.say("round %d of %d: %s", round+1, repeat, g.what)
			g.blow(ctx, o.n, rand.New(rand.NewPCG(o.seed, uint64(round*len(each)+k))), f)
			seen.calm(ctx, round*len(each)+k+1)
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
		}
	}
	seen.end(ctx, &out)
	f.tell(seen.title, &out)
	if o.span == 0 {
		o.span = 2 * time.Minute
		if o.short {
			o.span = 8 * time.Second
		}
	}
	out.parameters += fmt.Sprintf("; a mixture for %v: a pool of %d, %d callers, a new poison key every %v, a worker killed or recycled every %v", o.span, mixWorkers, mixCallers, poisonPace, strikePace)
	return out, mixed(ctx, o, &out)
}

// each does f for 0 to n-1, all at once, and returns when all have returned.
func each(n int, f func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

// startAll starts n workers at once; those that could not be are nil.
func startAll(ctx context.Context, sys *actor.System, n int) ([]*procactor.Process, []error) {
	all, errs := make([]*procactor.Process, n), make([]error, n)
	each(n, func(i int) {
		all[i], errs[i] = procactor.Start(ctx, sys, fmt.Sprint("w", i), stormy())
	})
	return all, errs
}

// stormy is a worker with all the time to start that it needs beside so many.
func stormy() procactor.Worker {
	w := procactor.Self()
	w.StartTimeout = 2 * patience
	return w
}

// killedInService kills all while each runs a call; each call learns of it.
func killedInService(ctx context.Context, n int, random *rand.Rand, f *findings) {
	sys := quietSystem()
	defer f.close(sys)
	all, errs := startAll(ctx, sys, n)
	if err := errors.Join(errs...); err != nil {
		f.find("start: %v", err)
		return
	}
	pids := make([]int, n)
	var running, ended sync.WaitGroup
	for i, p := range all {
		var err error
		if pids[i], err = process.On(p).Call(ctx, struct{}{}); err != nil {
			f.find("worker %d: %v", i, err)
		}
		running.Add(1)
		ended.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			first := newWord()
			go func() {
				defer running.Done()
				first.wait(ctx)
			}()
			_, err := hold.On(p).Call(procactor.WithOutput(ctx, first, nil), struct{}{})
			exit, died := errors.AsType[*procactor.ExitError](err)
			call, isCall := errors.AsType[*actor.CallError](err)
			switch {
			case !died || !isCall:
				f.find("the call of worker %d ended with %v", i, err)
			case !deaths()["kill"](exit) || call.Delivery != actor.Unknown:
				f.find("the call of worker %d ended with %v, delivery %v", i, err, call.Delivery)
			}
		})
	}
	running.Wait()
	for _, i := range random.Perm(n) {
		kill(pids[i], f)
	}
	ended.Wait()
}

// killedWhileStarting kills processes as they appear. Starts fail or not; one
// that did not has a worker that ends.
func killedWhileStarting(ctx context.Context, n int, random *rand.Rand, f *findings) {
	sys := quietSystem()
	defer f.close(sys)
	var killing sync.WaitGroup
	stop := make(chan struct{})
	killing.Go(func() {
		killed := map[int]bool{}
		for {
			children, _ := census.Children()
			for _, c := range children {
				if !killed[c.PID] && random.IntN(2) == 0 {
					killed[c.PID] = true
					kill(c.PID, f)
				}
			}
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(random.IntN(5)) * time.Millisecond):
			}
		}
	})
	_, errs := startAll(ctx, sys, n)
	close(stop)
	killing.Wait()
	for _, err := range errs {
		if _, ok := errors.AsType[*actor.StartError](err); err != nil && !ok {
			f.find("a start failed with %T: %v", err, err)
		}
	}
}

// closedWhileStarting closes the system at some moment of the starts.
func closedWhileStarting(ctx context.Context, n int, random *rand.Rand, f *findings) {
	sys := quietSystem()
	var begun atomic.Int64
	enough := make(chan struct{})
	when := int64(1 + random.IntN(n))
	var closing sync.WaitGroup
	closing.Go(func() {
		<-enough
		f.close(sys)
	})
	each(n, func(i int) {
		if begun.Add(1) == when {
			close(enough)
		}
		_, err := procactor.Start(ctx, sys, fmt.Sprint("w", i), stormy())
		if _, ok := errors.AsType[*actor.StartError](err); err != nil && !ok {
			f.find("a start failed with %T: %v", err, err)
		}
	})
	closing.Wait()
}

// killedInPool kills all workers of one pool, and again when they are back.
func killedInPool(ctx context.Context, n int, random *rand.Rand, f *findings) {
	sys := quietSystem()
	defer f.close(sys)
	pool, err := procactor.StartPool(ctx, sys, "pool", stormy(), procactor.PoolConfig{Size: n})
	if err != nil {
		f.find("start of the pool: %v", err)
		return
	}
	for range 2 {
		killed := map[actor.PID]bool{}
		workers := pool.Workers()
		random.Shuffle(len(workers), func(i, j int) { workers[i], workers[j] = workers[j], workers[i] })
		for _, w := range workers {
			killed[w.PID] = true
			kill(w.Process, f)
		}
		whole(ctx, pool, n, killed, f)
	}
	each(n, func(i int) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if got, err := square.On(pool).Call(ctx, i); err != nil || got != i*i {
			f.find("after the storm: square of %d is %d, %v", i, got, err)
		}
	})
}

// whole waits until n workers of a pool are in service and none of those that
// were killed. One that dies before it was of use is started again after a
// while.
func whole(ctx context.Context, pool *procactor.Pool, n int, killed map[actor.PID]bool, f *findings) {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	pace := time.NewTicker(5 * time.Millisecond)
	defer pace.Stop()
	for {
		workers := pool.Workers()
		old := func(w procactor.WorkerInfo) bool { return killed[w.PID] }
		if len(workers) == n && !slices.ContainsFunc(workers, old) {
			return
		}
		select {
		case <-ctx.Done():
			f.find("of %d workers only %d are back", n, len(workers))
			return
		case <-pace.C:
		}
	}
}

func kill(pid int, f *findings) {
	if pid == 0 {
		return // it has no process any more
	}
	if err := killProcess(pid); err != nil {
		f.find("kill %d: %v", pid, err)
	}
}
