// Package logrelay stands between those who log and the [slog.Handler] of
// somebody else, which may block, panic or end the goroutine that it runs on.
package logrelay

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/internal/record"
)

const (
	// Patience is how long who logs waits for its record to be handed on. A
	// handler that takes longer is late, and nobody waits for it any more until
	// it has caught up.
	Patience = 250 * time.Millisecond
	// Room is how many bytes of records wait for a handler that is late.
	Room = 1 << 20
	// stall is how long [Relay.Flush] waits for one record, and overtime how
	// long it goes on after the end of its context.
	stall    = time.Second
	overtime = 100 * time.Millisecond
)

// Relay hands records on, one after the other and in order, on a goroutine that
// there is only while there are some. All methods may be called from any
// goroutine.
type Relay struct {
	logger func() *slog.Logger
	asking asking

	mu       sync.Mutex // protects the following
	base     base
	queue    []*entry
	used     int // of Room
	late     bool
	lateness chan struct{} // closed when it is late; nil when nobody has asked for it
	running  bool
	idle     chan struct{} // closed when what runs has nothing more to do
	progress int           // records that are through
	lost     loss
	quiet    bool // the loss could not be told: not before the next record
}

// entry is one record on its way.
type entry struct {
	from   *handler
	ctx    context.Context //nolint:containedctx // that of the record, which handlers look into
	record slog.Record
	size   int
	told   loss          // it tells of this
	done   chan struct{} // closed when it is through
}

// New returns a relay to the handler of the logger that logger returns, which
// is asked for each record and must not be nil.
func New(logger func() *slog.Logger) *Relay { return &Relay{logger: logger} }

// Logger returns a logger of which each record is handed on. Whoever logs waits
// until that has happened, but no longer than [Patience], and not at all while
// the handler is late. What then does not fit into [Room] is lost, and so is a
// record in which the handler panics or ends its goroutine: it is told how many
// were, as a record of its own, as soon as the handler works again.
func (r *Relay) Logger() *slog.Logger { return slog.New(&handler{relay: r}) }

// Patient returns the logger for somebody who can wait until the record is
// handed on, however long that takes, until that channel is closed: from then on
// nobody waits, also for a record that is on its way, and [Room] is the bound.
// Any logger that is none of a relay is returned as it is.
func Patient(log *slog.Logger, until <-chan struct{}) *slog.Logger {
	h, ok := log.Handler().(*handler)
	if !ok {
		return log
	}
	return slog.New(&handler{relay: h.relay, parent: h, patience: until})
}

// Late returns a channel that is closed as soon as the handler behind log is
// late, which it may be already; nil when log is none of a relay.
func Late(log *slog.Logger) <-chan struct{} {
	h, ok := log.Handler().(*handler)
	if !ok {
		return nil
	}
	r := h.relay
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lateness == nil {
		r.lateness = make(chan struct{})
		if r.late {
			close(r.lateness)
		}
	}
	return r.lateness
}

// Flush waits until all records are handed on: as long as the handler is
// through with one within a second, and no longer than a tenth of a second
// after the end of ctx. It reports whether all were.
func (r *Relay) Flush(ctx context.Context) bool {
	r.mu.Lock()
	if !r.lost.none() {
		r.quiet = false
		r.wake()
	}
	running, idle, before := r.running, r.idle, r.progress
	r.mu.Unlock()
	if !running {
		return true
	}
	limit := time.NewTimer(stall)
	defer limit.Stop()
	ended, over := ctx.Done(), false
	for {
		select {
		case <-idle:
			return true
		case <-ended:
			ended, over = nil, true
			limit.Reset(overtime)
		case <-limit.C:
			r.mu.Lock()
			now := r.progress
			r.mu.Unlock()
			if now == before || over {
				return false
			}
			before = now
			limit.Reset(stall)
		}
	}
}

// add queues a record; false when nobody is to wait for it.
func (r *Relay) add(e *entry) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.quiet = false
	waits := !r.late
	if e.from.patience != nil {
		waits = e.from.isPatient()
	}
	if r.used+e.size > Room && !waits {
		r.lost.add(loss{records: 1})
		return false
	}
	r.queue = append(r.queue, e)
	r.used += e.size
	r.wake()
	return waits
}

// wake sees to it that somebody hands on; with r.mu held.
func (r *Relay) wake() {
	if !r.running {
		r.running, r.idle = true, make(chan struct{})
		go r.run()
	}
}

// run hands on until nothing is left. A handler may end its goroutine: then
// another takes over.
func (r *Relay) run() {
	over := false
	defer func() {
		if !over {
			go r.run()
		}
	}()
	for e := r.next(); e != nil; e = r.next() {
		r.hand(e)
	}
	over = true
}

// next takes the next record, or makes one of the loss when none is left.
func (r *Relay) next() *entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) > 0 {
		e := r.queue[0]
		r.queue[0] = nil
		r.queue = r.queue[1:]
		return e
	}
	r.queue = nil
	r.caughtUp()
	if r.quiet || r.lost.none() {
		r.running = false
		close(r.idle)
		return nil
	}
	e := r.lost.entry(r)
	r.lost = loss{}
	return e
}

// caughtUp notes that the handler is not late any more; with r.mu held.
func (r *Relay) caughtUp() {
	if r.late {
		r.late, r.lateness = false, nil
	}
}

// fallBehind notes that the handler is late; with r.mu held.
func (r *Relay) fallBehind() {
	if !r.late && r.lateness != nil {
		close(r.lateness)
	}
	r.late = true
}

// hand gives one record to the handler.
func (r *Relay) hand(e *entry) {
	fault := errGoexit
	defer func() { r.through(e, fault) }()
	defer func() {
		if v := recover(); v != nil {
			fault = fmt.Sprint("panic: ", v)
		}
	}()
	h := e.from.target(r.current())
	if h.Enabled(e.ctx, e.record.Level) {
		_ = h.Handle(e.ctx, e.record) // log/slog has no use for the error either
	}
	fault = ""
}

// errGoexit is what is told of a handler that ended its goroutine.
const errGoexit = "the handler ended its goroutine"

// through notes that the handler is done with a record, or has failed at it.
func (r *Relay) through(e *entry, fault string) {
	r.mu.Lock()
	r.used -= e.size
	r.progress++
	switch {
	case fault == "":
	case e.told.none():
		r.lost.add(loss{records: 1, fault: fault})
	default:
		r.lost.add(e.told)
		r.quiet = true
	}
	r.mu.Unlock()
	close(e.done)
}

// await waits for a record, and notes when the handler is late.
func (r *Relay) await(e *entry) {
	limit := time.NewTimer(Patience)
	defer limit.Stop()
	select {
	case <-e.done:
		return
	case <-e.from.patience:
		return
	case <-limit.C:
		r.missed(e)
	}
	if e.from.patience == nil {
		return
	}
	select {
	case <-e.done:
	case <-e.from.patience:
	}
}

// missed notes that the handler is late with a record, unless it is through.
func (r *Relay) missed(e *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-e.done:
	default:
		r.fallBehind()
	}
}

// loss is what was lost and is not told yet.
type loss struct {
	records int
	fault   string // the last of the handler; empty when there was only no room
}

func (l *loss) none() bool { return l.records == 0 }

func (l *loss) add(more loss) {
	l.records += more.records
	if more.fault != "" {
		l.fault = more.fault
	}
}

// entry is the record that tells of it.
func (l *loss) entry(r *Relay) *entry {
	row := record.RecordsLost.Row()
	rec := slog.NewRecord(time.Now(), row.Level, row.Message, 0)
	rec.AddAttrs(record.Count(l.records))
	if l.fault != "" {
		rec.AddAttrs(slog.String(record.KeyReason, l.fault))
	}
	return &entry{from: &handler{relay: r}, ctx: context.Background(), record: rec, told: *l, done: make(chan struct{})}
}
