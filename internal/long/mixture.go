package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/census"
	"github.com/proctor-dev/proctor/procactor"
)

const (
	mixWorkers = 4
	mixCallers = 6
	mixRound   = 5 * time.Second
	poisonPace = 50 * time.Millisecond // a new poison key each: twenty a second
	strikePace = 20 * time.Millisecond // a worker killed or recycled each
)

// mixture is a pool in front of all that can happen to it at once: callers that
// count on it, inputs that kill, workers that are killed idle and busy, workers
// that are recycled, and calls that are given up.
type mixture struct {
	sys    *actor.System
	pool   *procactor.Pool
	ledger string // of this round
	f      *findings
	calls  atomic.Uint64
	judged uint64 // calls of the rounds before

	mu     sync.Mutex // protects the following
	claims []claim
	killed map[actor.PID]killing // of this round, and noted before
}

// mixed has a mixture go on for so long, in rounds with a sample after each.
func mixed(ctx context.Context, o options, out *outcome) error {
	seen := observe("a mixture", mixWorkers, census.Bounds{Heap: 1 << 20, Resident: 32 << 20, Threads: 8})
	dir, err := os.MkdirTemp("", "proctor-ledger")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system's to clean up, then
	m := &mixture{sys: quietSystem(), f: &findings{}}
	if m.pool, err = procactor.StartPool(ctx, m.sys, "pool", procactor.Self(), procactor.PoolConfig{Size: mixWorkers}); err != nil {
		return err
	}
	rounds := max(2, int((o.span+mixRound-1)/mixRound))
	for round := range rounds {
		m.ledger = filepath.Join(dir, fmt.Sprint(round))
		m.round(ctx, o.span/time.Duration(rounds), rand.New(rand.NewPCG(o.seed, uint64(round))))
		if _, up := m.pool.PID(); !up || ctx.Err() != nil {
			break // what the calls said of that was found
		}
		m.judge(ctx)
		seen.sample(ctx, round+1)
		o.say("mixture: round %d of %d, %d calls", round+1, rounds, m.calls.Load())
	}
	m.f.close(m.sys)
	seen.end(ctx, out)
	m.f.tell(seen.title, out)
	return ctx.Err()
}

// round has all of it go on for so long, and waits for every call to end.
func (m *mixture) round(ctx context.Context, span time.Duration, random *rand.Rand) {
	if err := os.WriteFile(m.ledger, nil, 0o600); err != nil {
		m.f.find("ledger: %v", err)
		return
	}
	m.claims, m.killed = nil, map[actor.PID]killing{}
	going, stop := context.WithTimeout(ctx, span)
	defer stop()
	var all sync.WaitGroup
	kinds := natures()
	for range mixCallers {
		random := rand.New(rand.NewPCG(random.Uint64(), 0))
		all.Go(func() {
			for up := true; up && going.Err() == nil; _, up = m.pool.PID() {
				m.call(ctx, drawn(kinds, random), random)
				if random.IntN(3) == 0 { // workers are idle at times
					<-time.After(time.Duration(random.IntN(10_000)) * time.Microsecond)
				}
			}
		})
	}
	poison := kinds[len(kinds)-1]
	every(going, &all, poisonPace, random, func(random *rand.Rand) {
		all.Go(func() { m.call(ctx, poison, rand.New(rand.NewPCG(random.Uint64(), 0))) })
	})
	every(going, &all, strikePace, random, func(random *rand.Rand) { m.strike(ctx, kinds[0], random) })
	all.Wait()
}

// every does f in that pace, until ctx ends; all waits for it.
func every(ctx context.Context, all *sync.WaitGroup, pace time.Duration, random *rand.Rand, f func(*rand.Rand)) {
	mine := rand.New(rand.NewPCG(random.Uint64(), 0))
	all.Go(func() {
		ticks := time.NewTicker(pace)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				f(mine)
			}
		}
	})
}

// drawn is one of the natures, by their weights.
func drawn(all []*nature, random *rand.Rand) *nature {
	total := 0
	for _, n := range all {
		total += n.weight
	}
	k := random.IntN(total)
	for _, n := range all {
		if k -= n.weight; k < 0 {
			return n
		}
	}
	return all[0]
}

// call makes one call, and notes what its end claims.
func (m *mixture) call(ctx context.Context, n *nature, random *rand.Rand) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	e := errand{Ledger: m.ledger, Call: m.calls.Add(1)}
	if random.IntN(4) == 0 {
		e.Micros = random.IntN(3000)
	}
	made := time.Now()
	end := n.send(ctx, m.pool, e)
	c, err := claimOf(n, made, end, m.killOf)
	c.call = e.Call
	if err != nil {
		m.f.find("%s: call %d %v", n.name, c.call, err)
	}
	m.f.count(n.name + " " + c.said)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims = append(m.claims, c)
}

func (m *mixture) killOf(pid actor.PID) (killing, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, killed := m.killed[pid]
	return k, killed
}

func (m *mixture) note(pid actor.PID, k killing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.killed[pid] = k
}

// strike recycles a worker, or kills one that is idle or busy. When that is
// known to have ended, calls follow at once: one of them may be given to the
// worker that cannot read any more.
func (m *mixture) strike(ctx context.Context, after *nature, random *rand.Rand) {
	recycle, idle := random.IntN(2) == 0, random.IntN(2) == 0
	var victims []procactor.WorkerInfo
	for _, w := range m.pool.Workers() {
		if recycle || (w.Calls == 0) == idle {
			victims = append(victims, w)
		}
	}
	if len(victims) == 0 {
		return
	}
	victim := victims[random.IntN(len(victims))]
	if recycle {
		if err := m.sys.Exit(victim.PID, actor.ErrShutdown); err == nil {
			m.f.count("workers recycled")
		}
		return
	}
	m.note(victim.PID, killing{})
	kill(victim.Process, m.f)
	if awaitEnd(victim.Process) {
		m.note(victim.PID, killing{ended: time.Now()})
	}
	if idle {
		m.f.count("workers killed idle")
	} else {
		m.f.count("workers killed busy")
	}
	for range mixWorkers / 2 {
		m.call(ctx, after, random)
	}
}

// judge waits until nothing runs, and holds every claim against the ledger.
func (m *mixture) judge(ctx context.Context) {
	whole(ctx, m.pool, mixWorkers, nil, m.f)
	quiet(ctx, m.pool, m.f)
	runs, err := begun(m.ledger)
	if err != nil {
		m.f.find("ledger: %v", err)
		return
	}
	if ends := uint64(len(m.claims)); ends != m.calls.Load()-m.judged {
		m.f.find("%d calls were made, and %d ends were seen", m.calls.Load()-m.judged, ends)
	}
	m.judged = m.calls.Load()
	for _, c := range m.claims {
		if err := c.check(runs[c.call]); err != nil {
			m.f.find("%v", err)
		}
		delete(runs, c.call)
	}
	for call := range runs {
		m.f.find("call %d has run and has no end", call)
	}
	m.claims = nil
	if err := os.Remove(m.ledger); err != nil {
		m.f.find("ledger: %v", err)
	}
}
