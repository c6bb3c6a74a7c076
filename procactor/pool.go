package procactor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/internal/record"
	"github.com/proctor-dev/proctor/mailbox"
	"github.com/proctor-dev/proctor/procactor/internal/osproc"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
	"github.com/proctor-dev/proctor/procactor/wire"
	"github.com/proctor-dev/proctor/supervise"
)

// PoolConfig says how large a pool is, and what happens when its workers die
// or its queue is full. The zero value is a sensible pool.
type PoolConfig struct {
	// Size is the number of workers; zero means GOMAXPROCS.
	Size int
	// Budget is for a pool that is to give up when its workers fail:
	// Intensity is how many failures it takes within Period, of which zero means
	// 60 seconds, before it ends. One is a start that failed, in its [Setup],
	// too, or a death that no call explains: of a worker that ran none, be it
	// idle, or silent for too long. What dies in a call never ends a pool,
	// whatever the call is and whoever killed the worker; neither does what was
	// ordered: what we end ourselves, by [actor.System.Exit], too, and what
	// somebody else ends by TERM, INT or HUP. [supervise.NoRestarts] as the
	// Intensity takes no failure at all.
	//
	// The zero Budget is none: such a pool never gives up for failures. It ends
	// only, as any pool does, when no place can ever be filled again: what fails
	// the same way every time, such as a worker that speaks another version, is
	// not tried again. Its place stays empty, which is logged as an error, and
	// the last place to do so ends the pool.
	//
	// A worker that ends is replaced at once, unless it was in service for less
	// than a second and a call neither ended nor ran there. Such a one, and a
	// start that failed, is followed by the next start after 100 ms, doubled for
	// each more in a row up to 30 s, with full jitter; after a second at most
	// while calls wait.
	Budget supervise.Budget
	// Mailbox bounds the calls that wait for a worker: 1024, and callers wait
	// for room, if it is zero.
	Mailbox mailbox.Config
	// Quarantine is for keys whose calls kill or hang workers, see
	// [Task.WithKey]; a zero one is that of a [Process], too.
	Quarantine Quarantine
}

// poolPeriod is the period of a budget that says none.
const poolPeriod = 60 * time.Second

// Pool is a number of like worker processes behind one queue. All methods may
// be called from any goroutine.
type Pool struct {
	sys        *actor.System
	path       string
	dispatcher *dispatcher
	kept       keptTargets
}

// poolCell is the cell of a Pool.
type poolCell struct{ dispatcher *dispatcher }

func (p *poolCell) Live(*actor.Life)  {}
func (p *poolCell) Held()             {}
func (p *poolCell) Gone(reason error) { p.dispatcher.close(reason) }
func (p *poolCell) host() *dispatcher { return p.dispatcher }

// Drained implements [actor.Drainer].
func (p *poolCell) Drained(ctx context.Context) error { return p.dispatcher.drained(ctx) }

// StartPool starts the pool's workers, several at once, and returns when all
// are ready; if one cannot be started all are stopped. ctx bounds the start
// only.
//
// Every error is a *[actor.StartError]; see [Start] for what it wraps. A wrong
// configuration is a *[supervise.SpecError].
func StartPool(ctx context.Context, at actor.Spawner, name string, w Worker, cfg PoolConfig) (*Pool, error) {
	if ctx == nil {
		return nil, &actor.StartError{Name: name, Err: actor.ErrNoContext}
	}
	sys, path, err := actor.Locate(at, name)
	if err != nil {
		return nil, err
	}
	cfg, err = cfg.normal(path)
	if err != nil {
		return nil, &actor.StartError{Name: path, Err: err}
	}
	cell, life, err := actor.Begin(at, name, func() *poolCell {
		return &poolCell{dispatcher: newDispatcher(sys, path, cfg.Mailbox, cfg.Size)}
	})
	if err != nil {
		return nil, err
	}
	cell.dispatcher.poison.set(cfg.Quarantine)
	life.ParentOnly()
	life.SetShutdown(cmp.Or(w.Grace, defaultGrace) + osproc.ReapBound + drainBound)
	w.Stdout, w.Stderr = stdio.OneAtATime(w.Stdout, w.Stderr) // the workers share them
	r := newPoolRun(cell.dispatcher, life, w, cfg)
	if err := r.boot(ctx); err != nil {
		life.End(err)
		return nil, &actor.StartError{Name: path, Err: err}
	}
	go r.run()
	if !life.Ready() {
		return nil, &actor.StartError{Name: path, Err: life.Reason()}
	}
	return &Pool{sys: sys, path: path, dispatcher: cell.dispatcher}, nil
}

// normal fills in the defaults and refuses what cannot be meant.
func (cfg PoolConfig) normal(path string) (PoolConfig, error) {
	refuse := func(field, problem, hint string) (PoolConfig, error) {
		return cfg, &supervise.SpecError{Supervisor: path, Field: field, Problem: problem, Hint: hint}
	}
	switch {
	case cfg.Size < 0:
		return refuse("Size", fmt.Sprintf("is %d", cfg.Size), "use 0 for GOMAXPROCS, or a positive number")
	case cfg.Budget.Intensity < supervise.NoRestarts:
		return refuse("Budget.Intensity", fmt.Sprintf("is %d", cfg.Budget.Intensity), "use 0 for no budget, supervise.NoRestarts, or a positive number")
	case cfg.Budget.Period < 0:
		return refuse("Budget.Period", fmt.Sprintf("is %v", cfg.Budget.Period), fmt.Sprintf("use 0 for %v, or a positive duration", poolPeriod))
	case cfg.Budget.Period > 0 && cfg.Budget.Intensity == 0:
		return refuse("Budget.Period", fmt.Sprintf("is %v, but Budget.Intensity is 0, so there is no budget", cfg.Budget.Period), "set Intensity, too, or leave Period 0")
	}
	if field, problem, hint := cfg.Quarantine.mistake(); field != "" {
		return refuse(field, problem, hint)
	}
	cfg.Size = cmp.Or(cfg.Size, runtime.GOMAXPROCS(0))
	cfg.Budget.Period = cmp.Or(cfg.Budget.Period, poolPeriod)
	return cfg, nil
}

// PoolChild returns the spec of a pool as a supervised child, permanent.
func PoolChild(id string, w Worker, cfg PoolConfig) supervise.ChildSpec {
	return supervise.ChildSpec{
		ID:       id,
		Type:     supervise.SupervisorChild,
		Shutdown: cmp.Or(w.Grace, defaultGrace) + osproc.ReapBound + drainBound,
		Start: func(ctx context.Context, at *actor.Slot) error {
			_, err := StartPool(ctx, at, supervise.NameAt(at, id), w, cfg)
			return err
		},
	}
}

// Name returns the pool's path; its workers are at "path#1" and so on.
func (p *Pool) Name() string { return p.path }

// PID returns the pool's own life; false when it has ended.
func (p *Pool) PID() (actor.PID, bool) { return p.sys.PIDAt(p.path) }

// Workers returns the lives of the workers that are in service.
func (p *Pool) Workers() []WorkerInfo {
	c, err := p.find()
	if err != nil {
		return nil
	}
	return c.workers()
}

// WorkerInfo is a worker of a pool at one moment.
type WorkerInfo struct {
	PID     actor.PID // the life
	Process int       // the process's id
	Calls   int       // calls that it runs
}

// Stop stops the pool: what runs may finish within the workers' Grace, what
// waits is answered with [actor.ErrNoActor]. It returns when all workers have
// ended.
//
// The end of ctx is a kill of all that is left, after which Stop returns within
// a bounded time; with a ctx that has ended before, no worker is asked. It is an
// error then, even if nothing is left. A process that has not ended though it
// was killed is named, as the worker that it was, by an *[actor.CloseError],
// which wraps the error of a ctx that has ended.
//
// Other errors are those of [actor.System.Stop]: [actor.ErrNotParent] for a
// supervised pool, which its supervisor stops, and [actor.ErrNoActor] for one
// that is over.
func (p *Pool) Stop(ctx context.Context) error { return p.sys.Stop(ctx, p.path) }

// PoolAt returns a handle on the pool at the path, such as "top/thumbs". It looks
// nothing up: that none is there is told by the methods and by calls.
func PoolAt(sys *actor.System, path string) *Pool { return &Pool{sys: sys, path: path} }

func (p *Pool) find() (*dispatcher, error) { return resolve(p.dispatcher, p.sys, p.path) }
func (p *Pool) name() string               { return p.path }
func (p *Pool) targets() *keptTargets      { return &p.kept }

// hopeless tells a start that fails the same way every time.
func hopeless(err error) bool {
	_, misfit := errors.AsType[*wire.VersionError](err)
	return misfit || errors.Is(err, ErrNoMain) || errors.Is(err, ErrTooDeep)
}

// strains reports whether a death tells against the workers of a pool, if no call
// explains it: an ordered one, or one of somebody who debugged it, does not.
func strains(d osproc.Death) bool { return d == osproc.DeathCounted || d == osproc.DeathSilent }

// chance is a number in [0,1) for the machine.
func chance() float64 { return rand.Float64() } //nolint:gosec // spreads restarts; nobody gains by guessing it

// poolLog tells the log of what becomes of a pool's workers; all by the pool's
// goroutine.
type poolLog struct {
	log    *slog.Logger
	pool   string
	period time.Duration // of the pool's budget, if it has one
	news   [3]placeNews
	late   *time.Timer // fires when a sum is due; made when there is one
}

// placeNews is one kind of news, of which so many a second have a record each.
type placeNews struct {
	each, more record.Kind
	tally
}

// The kinds of news.
const (
	newsEnded = iota
	newsFailed
	newsRestarted
)

func newPoolLog(log *slog.Logger, pool string, period time.Duration) *poolLog {
	return &poolLog{log: log, pool: pool, period: period, news: [3]placeNews{
		newsEnded:     {each: record.PlaceEnded, more: record.PlacesEnded},
		newsFailed:    {each: record.PlaceFailed, more: record.PlacesFailed},
		newsRestarted: {each: record.PlaceRestarted, more: record.PlacesRestarted},
	}}
}

// ended tells of a worker that ended, or could not be started.
func (l *poolLog) ended(now time.Time, at *actor.Slot, e poolEvent) {
	switch e.kind {
	case placeDied, placeReplaced:
		l.tell(now, newsEnded, e.reason, func() []slog.Attr { return l.death(at, e.reason) })
	case placeFailed:
		l.tell(now, newsFailed, e.reason, func() []slog.Attr { return l.death(at, e.reason) })
	case placeHopeless:
		record.PlaceHopeless.Log(l.log, l.death(at, e.reason)...)
	case placeStarted, placeClosed, placeWaitEnded, placeWanted:
	}
}

// restarted tells of the restart that the event led to, once: not again when its
// delay is over or becomes shorter.
func (l *poolLog) restarted(now time.Time, at *actor.Slot, e poolEvent, a poolAction) {
	if !a.start || e.kind == placeWaitEnded || e.kind == placeWanted {
		return
	}
	l.tell(now, newsRestarted, nil, func() []slog.Attr {
		attrs := []slog.Attr{record.Pool(l.pool), record.Worker(at.Path())}
		if a.after > 0 {
			attrs = append(attrs, record.Delay(a.after))
		}
		if a.budget.limited {
			attrs = append(attrs, record.Budget(a.budget.used, a.budget.allowed, l.period)...)
		}
		return attrs
	})
}

// tell logs one of the news, or counts it.
func (l *poolLog) tell(now time.Time, which int, reason error, attrs func() []slog.Attr) {
	l.sums(now, false)
	n := &l.news[which]
	if n.pass(now, reason) {
		n.each.Log(l.log, attrs()...)
	}
	l.remind(now)
}

// tick logs the sums that are due.
func (l *poolLog) tick(now time.Time) {
	l.sums(now, false)
	l.remind(now)
}

// sums logs the sums that are due, or, at the end, all.
func (l *poolLog) sums(now time.Time, end bool) {
	for i := range l.news {
		n := &l.news[i]
		count, last := n.sum(now, end)
		if count == 0 {
			continue
		}
		attrs := []slog.Attr{record.Pool(l.pool), record.Count(count)}
		if last != nil {
			attrs = append(attrs, record.Reason(last))
		}
		n.more.Log(l.log, attrs...)
	}
}

// remind has the timer fire when the next sum is due: nothing else may come.
func (l *poolLog) remind(now time.Time) {
	var next time.Time
	for i := range l.news {
		if due := l.news[i].due(); !due.IsZero() && (next.IsZero() || due.Before(next)) {
			next = due
		}
	}
	switch {
	case next.IsZero():
	case l.late == nil:
		l.late = time.NewTimer(next.Sub(now))
	default:
		l.late.Reset(next.Sub(now))
	}
}

// due is what the pool's goroutine listens to, and calls tick then; nil while
// nothing is due.
func (l *poolLog) due() <-chan time.Time {
	if l.late == nil {
		return nil
	}
	return l.late.C
}

// end logs what is left.
func (l *poolLog) end(now time.Time) {
	l.sums(now, true)
	if l.late != nil {
		l.late.Stop()
	}
}

// death are the attributes of the record of an end, or of a failed start.
func (l *poolLog) death(at *actor.Slot, reason error) []slog.Attr {
	attrs := []slog.Attr{record.Pool(l.pool), record.Reason(reason)}
	if pid := at.Last(); pid != (actor.PID{}) {
		attrs = append(attrs, record.PID(pid))
	}
	var known supervise.Recorded
	if errors.As(reason, &known) {
		return append(attrs, known.LogAttrs()...) // the worker is among them
	}
	return append(attrs, record.Worker(at.Path()))
}

const (
	tallyMost   = 10
	tallyPeriod = time.Second
)

// tally lets no more than so many through within any second, and sums the others
// up: a flood of deaths is no flood of records. It is pure: whoever asks has the
// clock.
type tally struct {
	passed [tallyMost]time.Time // the last that went through; a ring
	next   int                  // the oldest of them
	rest   int                  // that did not go through, and that nobody was told of
	since  time.Time            // the first of them
	last   error                // why the last of them was
}

// pass reports whether one goes through, and counts it if it does not.
func (t *tally) pass(now time.Time, reason error) bool {
	if oldest := t.passed[t.next]; oldest.IsZero() || now.Sub(oldest) >= tallyPeriod {
		t.passed[t.next] = now
		t.next = (t.next + 1) % tallyMost
		return true
	}
	if t.rest == 0 {
		t.since = now
	}
	t.rest++
	t.last = reason
	return false
}

// due is when the sum is to be told; zero when there is none.
func (t *tally) due() time.Time {
	if t.rest == 0 {
		return time.Time{}
	}
	return t.since.Add(tallyPeriod)
}

// sum takes the sum out when it is due, or at the end in any case.
func (t *tally) sum(now time.Time, end bool) (count int, last error) {
	if t.rest == 0 || !end && now.Before(t.due()) {
		return 0, nil
	}
	count, last = t.rest, t.last
	t.rest, t.last = 0, nil
	return count, last
}
