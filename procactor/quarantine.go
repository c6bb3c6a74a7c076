package procactor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/proctor-dev/proctor/actor"
	"github.com/proctor-dev/proctor/procactor/internal/stdio"
)

// Quarantine says how long the deaths and hangs of a key are remembered, see
// [Task.WithKey], and how many hangs it takes to refuse it. The zero value is a
// sensible one.
//
// It has its limits. It remembers 1,024 keys and forgets the one first of which
// nothing was heard for longest, so who may choose keys can have others
// forgotten, and who may send inputs can have the keys refused that these have.
// Of several calls that ran in a worker when it died each is counted. What a
// supervisor restarts, a pool or a worker, remembers; what was terminated and is
// started again, another pool, and another process know nothing of it.
type Quarantine struct {
	// Age is how long a death or a hang counts, and, from the last of those that
	// were one too many, for how long the key is refused: one hour if it is zero.
	Age time.Duration
	// Hangs is how many hangs of a key within Age have it refused: 3 if it is
	// zero, and [NoHangLimit] means that none do; other negative numbers are
	// refused.
	// A hang is a call that the task's own timeout ended, see [Task.WithTimeout],
	// after it had run for at least half of that, and whose worker had to be
	// killed since it went on; a call that ends well wipes them out. A caller's
	// own deadline, and the time in the queue, count for nothing.
	Hangs int
}

// NoHangLimit is the Hangs of a [Quarantine] that refuses no key for its hangs.
const NoHangLimit = -1

// mistake says what cannot be meant: the field of what has the Quarantine, empty when
// there is none, what is wrong with it, and what to write instead.
func (q Quarantine) mistake() (field, problem, hint string) {
	switch {
	case q.Age < 0:
		return "Quarantine.Age", fmt.Sprintf("is %v", q.Age), fmt.Sprintf("use 0 for %v, or a positive duration", poisonAge)
	case q.Hangs < NoHangLimit:
		return "Quarantine.Hangs", fmt.Sprintf("is %d", q.Hangs), fmt.Sprintf("use 0 for %d, NoHangLimit for none, or a positive number", fatalHangs)
	}
	return "", "", ""
}

const (
	fatalDeaths = 3         // workers that one request may kill
	fatalHangs  = 3         // by default
	poisonAge   = time.Hour // by default
	maxKeys     = 1024      // that are remembered
)

// MaxKey is how long the key of a call may be, in bytes, see [Task.WithKey]. A
// longer one is refused with a *[KeyError].
const MaxKey = 1 << 10

// quarantine counts the workers that requests have killed. A request without a
// key is its own; with a key, deaths are counted over several calls. The zero
// quarantine is that of the zero [Quarantine].
type quarantine struct {
	mu     sync.Mutex // protects the following
	limits Quarantine
	keys   map[poisonKey]*history
}

type poisonKey struct{ task, key string }

// history is what is remembered of a key: summaries of deaths, and no more of
// them than count.
type history struct {
	deaths []offense
	hangs  []offense
	banned time.Time // refused until then; zero: it is not
	last   time.Time // when something was added
}

// offense is a death that a call is to blame for, or the end of a worker that
// it hung.
type offense struct {
	at      time.Time // noted by quarantine
	down    actor.Down
	process int // that died: commands end in lives that go on
}

// set changes the limits for what comes.
func (q *quarantine) set(limits Quarantine) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limits = limits
}

// refuse returns the error of a key that is in quarantine, otherwise nil.
func (q *quarantine) refuse(now time.Time, task, key string) error {
	if key == "" {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	k := poisonKey{task, key}
	if r := q.known(now, k); r != nil && now.Before(r.banned) {
		return r.poison(k)
	}
	return nil
}

// died notes the latest of a request's deaths, and returns the error when it
// was one too many.
func (q *quarantine) died(now time.Time, task, key string, deaths []offense) error {
	if key == "" {
		if len(deaths) < fatalDeaths {
			return nil
		}
		return &PoisonError{Task: task, Deaths: downsOf(deaths)}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	k := poisonKey{task, key}
	r := q.open(now, k)
	if !now.Before(r.banned) {
		last := deaths[len(deaths)-1]
		r.deaths = append(r.deaths, offense{now, summary(last.down), last.process})
		r.ban(now, q.age(), len(r.deaths) >= fatalDeaths)
	}
	switch {
	case now.Before(r.banned):
		p := r.poison(k)
		p.Deaths = downsOf(withWhole(r.deaths, deaths))
		return p
	case len(deaths) >= fatalDeaths: // the key was forgotten meanwhile
		return &PoisonError{Task: task, Key: key, Deaths: downsOf(deaths)}
	}
	return nil
}

// hung notes that a call of a key hung its worker, which had to be killed.
func (q *quarantine) hung(now time.Time, task, key string, down actor.Down) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if key == "" || q.limits.Hangs == NoHangLimit {
		return
	}
	r := q.open(now, poisonKey{task, key})
	if now.Before(r.banned) {
		return
	}
	r.hangs = append(r.hangs, offense{at: now, down: summary(down)})
	r.ban(now, q.age(), len(r.hangs) >= cmp.Or(q.limits.Hangs, fatalHangs))
}

// ended notes that a call of a key ended well: it does not hang each time.
func (q *quarantine) ended(now time.Time, task, key string) {
	if key == "" {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	k := poisonKey{task, key}
	r := q.known(now, k)
	if r == nil || now.Before(r.banned) {
		return
	}
	if r.hangs = nil; len(r.deaths) == 0 {
		delete(q.keys, k)
	}
}

// pardon forgets a key; false when nothing was known of it.
func (q *quarantine) pardon(now time.Time, task, key string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := poisonKey{task, key}
	known := q.known(now, k) != nil
	delete(q.keys, k)
	return known
}

// suspects returns what is remembered, by task and key.
func (q *quarantine) suspects(now time.Time) []Suspect {
	q.mu.Lock()
	defer q.mu.Unlock()
	var all []Suspect
	for k := range q.keys {
		r := q.known(now, k)
		if r == nil {
			continue
		}
		s := Suspect{Task: k.task, Key: k.key, Deaths: len(r.deaths), Hangs: len(r.hangs), Until: r.last.Add(q.age())}
		if s.Refused = now.Before(r.banned); s.Refused {
			s.Until = r.banned
		}
		s.Last = r.latest()
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(a.Task, b.Task), cmp.Compare(a.Key, b.Key))
	})
	return all
}

func (q *quarantine) age() time.Duration { return cmp.Or(q.limits.Age, poisonAge) }

// known returns what still counts of a key, nil when nothing does.
func (q *quarantine) known(now time.Time, k poisonKey) *history {
	r := q.keys[k]
	if r == nil {
		return nil
	}
	if !r.banned.IsZero() {
		if now.Before(r.banned) {
			return r
		}
		delete(q.keys, k) // it has served its time
		return nil
	}
	old := now.Add(-q.age())
	gone := func(o offense) bool { return !o.at.After(old) }
	r.deaths, r.hangs = slices.DeleteFunc(r.deaths, gone), slices.DeleteFunc(r.hangs, gone)
	if len(r.deaths)+len(r.hangs) == 0 {
		delete(q.keys, k)
		return nil
	}
	return r
}

// open returns the record of a key to which something is added.
func (q *quarantine) open(now time.Time, k poisonKey) *history {
	r := q.known(now, k)
	if r == nil {
		if q.keys == nil {
			q.keys = make(map[poisonKey]*history)
		}
		if len(q.keys) >= maxKeys {
			q.forgetOne()
		}
		r = &history{}
		q.keys[k] = r
	}
	if now.After(r.last) {
		r.last = now
	}
	return r
}

// forgetOne makes room: the key goes to which nothing was added for longest.
func (q *quarantine) forgetOne() {
	var oldest poisonKey
	var at time.Time
	for k, r := range q.keys {
		if at.IsZero() || r.last.Before(at) {
			oldest, at = k, r.last
		}
	}
	delete(q.keys, oldest)
}

// ban refuses the key from now on, if that is due.
func (r *history) ban(now time.Time, age time.Duration, due bool) {
	if due {
		r.banned = now.Add(age)
	}
}

// poison is the error of a key that is refused.
func (r *history) poison(k poisonKey) *PoisonError {
	return &PoisonError{Task: k.task, Key: k.key, Until: r.banned, Deaths: downsOf(r.deaths), Hangs: downsOf(r.hangs)}
}

// latest is how the last worker ended that is remembered.
func (r *history) latest() actor.Down {
	var last offense
	for _, o := range slices.Concat(r.deaths, r.hangs) {
		if !o.at.Before(last.at) {
			last = o
		}
	}
	return last.down
}

// withWhole returns deaths with those of a call itself instead of their
// summaries.
func withWhole(deaths, own []offense) []offense {
	whole := slices.Clone(deaths)
	for i, d := range whole {
		if at := slices.IndexFunc(own, func(o offense) bool { return o.process != 0 && o.process == d.process && o.down.PID == d.down.PID }); at >= 0 {
			whole[i] = own[at]
		}
	}
	return whole
}

// downsOf is what is told of offenses; nil when there are none.
func downsOf(all []offense) []actor.Down {
	var downs []actor.Down
	for _, o := range all {
		downs = append(downs, o.down)
	}
	return downs
}

// isHang reports whether a call that err ended hangs: the task's own timeout was
// over at the deadline, and it had run for at least half of that.
func isHang(err error, began, deadline time.Time, timeout time.Duration) bool {
	return timeout > 0 && errors.Is(err, actor.ErrTimeout) && deadline.Sub(began) >= timeout/2
}

// Suspect is a key of which a host remembers that its calls killed or hung
// workers, see [Quarantine].
type Suspect struct {
	Task    string // the task's name
	Key     string
	Deaths  int        // that count
	Hangs   int        // that count
	Refused bool       // it is in quarantine: its calls are refused with the [PoisonError]
	Until   time.Time  // when it is forgotten, if nothing happens until then
	Last    actor.Down // how the last of its workers ended; of the [ExitError] the essentials
}

// Quarantine returns the keys whose calls have killed or hung the pool's workers,
// those that are refused for it and those that are not yet, by task and key.
func (p *Pool) Quarantine() []Suspect { return quarantineOf(p) }

// Pardon forgets what is remembered of a task's key, and lets its calls through
// again; false when nothing is. One that runs may still be the first of the next
// row.
func (p *Pool) Pardon(task, key string) bool { return pardonOf(p, task, key) }

// Quarantine is that of a pool, see [Pool.Quarantine], for one worker after the
// other.
func (p *Process) Quarantine() []Suspect { return quarantineOf(p) }

// Pardon is that of a pool, see [Pool.Pardon].
func (p *Process) Pardon(task, key string) bool { return pardonOf(p, task, key) }

// Quarantine is that of what is at the path, see [Pool.Quarantine]; nil when
// nothing is.
func (h *PathHost) Quarantine() []Suspect { return quarantineOf(h) }

// Pardon is that of what is at the path, see [Pool.Pardon].
func (h *PathHost) Pardon(task, key string) bool { return pardonOf(h, task, key) }

func quarantineOf(h ownHost) []Suspect {
	c, err := h.find()
	if err != nil {
		return nil
	}
	return c.poison.suspects(time.Now())
}

func pardonOf(h ownHost, task, key string) bool {
	c, err := h.find()
	return err == nil && c.poison.pardon(time.Now(), task, key)
}

// The essentials of a death, as long as they may be.
const (
	mostOfPanic = 256
	mostOfStack = 1 << 10
)

// summary returns what is kept of a death: how the process ended, why we ended
// it, the last line of stderr, and the beginnings of a panic and its stack.
func summary(d actor.Down) actor.Down {
	e, ok := d.Reason.(*ExitError) //nolint:errorlint // what is wrapped cannot be made smaller
	if !ok {
		return d
	}
	short := *e
	short.calls = nil // there may be many, each with a key
	short.Stderr = []byte(stdio.LastLine(e.Stderr))
	if e.Panic != nil {
		short.Panic = &actor.PanicError{Value: e.Panic.Value, Stack: append([]byte(nil), e.Panic.Stack[:min(len(e.Panic.Stack), mostOfStack)]...)}
		if text, ok := e.Panic.Value.(string); ok {
			short.Panic.Value = strings.ToValidUTF8(strings.Clone(text[:min(len(text), mostOfPanic)]), "\uFFFD")
		}
	}
	return actor.Down{PID: d.PID, Reason: &short}
}
