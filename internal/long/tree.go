package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/supervise"
)

// perSupervisor is how many children a supervisor of the tree has.
const perSupervisor = 1000

var errLost = errors.New("lost")

func tree(ctx context.Context, o options) (outcome, error) {
	var sizes []int
	for n := perSupervisor; n < o.n; n *= 10 {
		sizes = append(sizes, n)
	}
	sizes = append(sizes, o.n)
	out := outcome{
		parameters: fmt.Sprintf("trees of %v children, %d under each supervisor, these under one; of each a random tenth is lost at once", sizes, perSupervisor),
		head:       []string{"children", "start, µs each", "recovery, µs for each lost", "snapshot, µs each", "stop, µs each", "memory, KiB each"},
	}
	random := rand.New(rand.NewPCG(o.seed, 0)) //nolint:gosec // the seed is the point
	for _, n := range sizes {
		o.say("%d children", n)
		row, err := grow(ctx, n, random, &out)
		if err != nil {
			return out, err
		}
		out.rows = append(out.rows, row)
	}
	out.note("Times are for information, on a machine that did nothing else on purpose; the snapshot is of the whole tree.")
	return out, nil
}

// grove is one tree.
type grove struct {
	n     int
	sys   *actor.System
	top   *supervise.Supervisor
	ups   atomic.Int64  // lives that began
	await atomic.Int64  // of them, that many are waited for
	there chan struct{} // capacity 1: they have begun
	out   *outcome
}

// grow lets a tree of n children live, and returns its row.
func grow(ctx context.Context, n int, random *rand.Rand, out *outcome) ([]string, error) {
	goroutines, before := runtime.NumGoroutine(), heap()
	g := &grove{n: n, sys: quietSystem(), there: make(chan struct{}, 1), out: out}
	row := []string{fmt.Sprint(n)}
	timed := func(of int, do func() error) error {
		begin := time.Now()
		err := do()
		row = append(row, fmt.Sprintf("%.1f", float64(time.Since(begin).Nanoseconds())/1e3/float64(of)))
		return err
	}
	lost := random.Perm(n)[:n/10]
	err := timed(n, func() error { return g.start(ctx) })
	used := float64(heap()-before) / 1024 / float64(n)
	if err == nil {
		err = timed(len(lost), func() error { return g.lose(lost) })
	}
	if err == nil {
		err = timed(n, func() error { return g.look(ctx, lost) })
	}
	err = errors.Join(err, timed(n, func() error { return closeSystem(g.sys) }))
	if err != nil {
		return row, err
	}
	if left := goroutinesLeft(goroutines); left > goroutines {
		out.find("%d children: %d goroutines before, %d after", n, goroutines, left)
	}
	return append(row, fmt.Sprintf("%.1f", used)), nil
}

// heap is what is in use, after a collection.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

// goroutinesLeft gives goroutines that end the time for it, and counts those left.
func goroutinesLeft(wanted int) int {
	deadline := time.Now().Add(patience)
	for runtime.NumGoroutine() > wanted && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	return runtime.NumGoroutine()
}

// start starts the tree.
func (g *grove) start(ctx context.Context) error {
	spec := supervise.Spec{Name: "top"}
	for i := 0; i < g.n; i += perSupervisor {
		branch := supervise.Spec{Name: fmt.Sprint("s", i/perSupervisor), Policy: forgiving()}
		for k := range min(perSupervisor, g.n-i) {
			branch.Children = append(branch.Children, supervise.Go(fmt.Sprint("c", k), g.serve))
		}
		spec.Children = append(spec.Children, supervise.Child(branch))
	}
	g.await.Store(int64(g.n))
	var err error
	if g.top, err = supervise.Start(ctx, g.sys, spec); err != nil {
		return err
	}
	return g.wait()
}

func (g *grove) serve(ctx context.Context) error {
	if g.ups.Add(1) == g.await.Load() {
		g.there <- struct{}{}
	}
	<-ctx.Done()
	return ctx.Err()
}

func (g *grove) wait() error {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-g.there:
		return nil
	case <-late.C:
		return fmt.Errorf("%d of %d lives have begun, and no more come", g.ups.Load(), g.await.Load())
	}
}

func path(child int) string {
	return fmt.Sprintf("top/s%d/c%d", child/perSupervisor, child%perSupervisor)
}

// lose ends these children at once, and waits until others are in their place.
func (g *grove) lose(lost []int) error {
	g.await.Add(int64(len(lost)))
	for _, child := range lost {
		pid, ok := g.sys.PIDAt(path(child))
		if !ok {
			g.out.find("%s is not there", path(child))
			continue
		}
		if err := g.sys.Exit(pid, errLost); err != nil {
			return err
		}
	}
	return g.wait()
}

// look holds a snapshot against what has happened.
func (g *grove) look(ctx context.Context, lost []int) error {
	restarted := map[string]bool{}
	for _, child := range lost {
		restarted[path(child)] = true
	}
	for {
		s, err := g.top.Snapshot(ctx)
		if err != nil {
			return err
		}
		// The last ones may have begun without their supervisors having heard.
		if wrong, late := g.compare(s, restarted); len(wrong) > 0 || !late {
			for _, w := range wrong {
				g.out.find("%s", w)
			}
			return nil
		}
	}
}

func (g *grove) compare(s supervise.Snapshot, restarted map[string]bool) (wrong []string, late bool) {
	seen := 0
	for _, branch := range s.Children {
		if branch.Supervisor == nil {
			return []string{branch.ID + " is not there"}, false
		}
		for _, c := range branch.Supervisor.Children {
			seen++
			name := branch.Supervisor.Path + "/" + c.ID
			want := 0
			if restarted[name] {
				want = 1
			}
			switch {
			case c.Phase == supervise.PhaseStarting:
				late = true
			case c.Phase != supervise.PhaseRunning || c.Restarts != want:
				wrong = append(wrong, fmt.Sprintf("%s is %s and was restarted %d times, not %d", name, c.Phase, c.Restarts, want))
			}
		}
	}
	if seen != g.n {
		wrong = append(wrong, fmt.Sprintf("%d children are there, not %d", seen, g.n))
	}
	return wrong[:min(len(wrong), 10)], late
}
