package supervise

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/actor"
)

var errCrash = errors.New("crash")

// rig is a machine in a world that does at once what it is told, and keeps
// what was done as words: "start a", "stop a".
type rig struct {
	t       testing.TB
	m       *machine
	now     time.Time
	done    []string
	living  map[string]life
	ids     map[life]string
	fails   map[string]int // starts that are going to fail
	ignores map[string]bool
	hangs   map[string]bool   // does not stop when asked
	during  map[string]func() // what happens while that child's start fails
	replies map[tag]reply
	tags    tag
	over    error
	events  []event
	delays  []rigTimer // of acDelay, which only advance ends
	limits  []rigTimer // of acStop: they move the clock when nothing else happens
	news    []report
}

type rigTimer struct {
	at time.Time
	ev event
}

// newRig boots a machine; kids are specs as words, see [spec].
func newRig(t testing.TB, p Policy, kids ...string) *rig {
	r := &rig{
		t: t, now: time.Unix(0, 0), living: map[string]life{}, ids: map[life]string{}, fails: map[string]int{}, ignores: map[string]bool{},
		hangs: map[string]bool{}, during: map[string]func(){}, replies: map[tag]reply{},
	}
	var specs []ChildSpec
	for _, k := range kids {
		specs = append(specs, kid(t, k))
	}
	r.m = newMachine(p, specs)
	return r
}

// booted is newRig with the boot done and forgotten.
func booted(t testing.TB, p Policy, kids ...string) *rig {
	r := newRig(t, p, kids...)
	r.send(evBoot{})
	r.took(nil)
	return r
}

// kid reads "id [restart] [type] [shutdown=…]".
func kid(t testing.TB, words string) ChildSpec {
	f := strings.Fields(words)
	s := ChildSpec{ID: f[0], Start: startNothing}
	for _, w := range f[1:] {
		switch w {
		case "permanent", "transient", "temporary":
			s.Restart = named(w, Permanent, Transient, Temporary)
		case "worker", "supervisor":
			s.Type = named(w, WorkerChild, SupervisorChild)
		case "significant":
			s.Significant = true
		case "shutdown=brutal_kill":
			s.Shutdown = BrutalKill
		case "shutdown=infinity":
			s.Shutdown = Infinity
		default:
			d, ok := strings.CutPrefix(w, "shutdown=")
			require.True(t, ok, "unknown word %q", w)
			s.Shutdown = duration(t, d)
		}
	}
	return s
}

// send delivers the events in order, before any consequence of them.
func (r *rig) send(evs ...event) {
	r.events = append(r.events, evs...)
	for len(r.events) > 0 {
		ev := r.events[0]
		r.events = r.events[1:]
		for _, a := range r.m.step(r.now, ev) {
			r.perform(a)
		}
		if len(r.events) == 0 {
			r.expire()
		}
	}
}

// expire delivers the deadlines that come next.
func (r *rig) expire() {
	for len(r.limits) > 0 && len(r.events) == 0 {
		next := slices.MinFunc(r.limits, func(a, b rigTimer) int { return a.at.Compare(b.at) })
		r.limits = slices.DeleteFunc(r.limits, func(o rigTimer) bool { return o == next })
		if l := next.ev.(evDeadline).life; r.living[r.ids[l]] == l {
			r.now = next.at
			r.events = append(r.events, next.ev)
		}
	}
}

// advance lets time pass.
func (r *rig) advance(d time.Duration) *rig {
	until := r.now.Add(d)
	for len(r.delays) > 0 {
		next := slices.MinFunc(r.delays, func(a, b rigTimer) int { return a.at.Compare(b.at) })
		if next.at.After(until) {
			break
		}
		r.delays = slices.DeleteFunc(r.delays, func(o rigTimer) bool { return o == next })
		r.now = next.at
		r.send(next.ev)
	}
	r.now = until
	return r
}

func (r *rig) perform(a action) {
	switch a := a.(type) {
	case acStart:
		id := a.spec.ID
		r.ids[a.life] = id
		switch {
		case r.fails[id] > 0:
			r.fails[id]--
			r.note("fail " + id)
			if f := r.during[id]; f != nil {
				f()
			}
			r.events = append(r.events, evStartFailed{a.life, fmt.Errorf("no %s", id)})
		case r.ignores[id]:
			r.note("ignore " + id)
			r.events = append(r.events, evIgnored{a.life})
		default:
			r.note("start " + id)
			r.living[id] = a.life
			r.events = append(r.events, evStarted{a.life})
		}
	case acStop:
		id := r.ids[a.life]
		if r.living[id] != a.life {
			return // its exit is on the way
		}
		r.note("stop " + id)
		if r.hangs[id] {
			r.limits = append(r.limits, rigTimer{r.now.Add(a.timeout), evDeadline{a.life}})
			return
		}
		r.ended(id, actor.ErrShutdown)
	case acKill:
		r.note("kill " + r.ids[a.life])
		r.ended(r.ids[a.life], actor.ErrKilled)
	case acDelay:
		r.note("wait " + a.id)
		r.delays = append(r.delays, rigTimer{r.now.Add(a.after), evDelayed{a.id, a.wait}})
	case acRelease:
		r.note("release " + a.id)
	case acReply:
		r.replies[a.tag] = a.reply
	case acUp:
		r.note("up")
	case acOver:
		r.over = a.reason
		r.note("over")
	case acReport:
		r.news = append(r.news, a.report)
		if a.report.kind == EventGaveUp {
			r.note("give up")
		}
	}
}

func (r *rig) note(s string) { r.done = append(r.done, s) }

func (r *rig) ended(id string, reason error) {
	l := r.living[id]
	delete(r.living, id)
	r.events = append(r.events, evExited{l, reason, actor.IsNormal(reason)})
}

// exit has children end by themselves, all of them before the supervisor
// hears of the first.
func (r *rig) exit(reason error, ids ...string) *rig {
	for _, id := range ids {
		require.NotZero(r.t, r.living[id], "%s lives", id)
		r.ended(id, reason)
	}
	r.send()
	return r
}

func (r *rig) crash(ids ...string) *rig { return r.exit(errCrash, ids...) }

// ask makes a request and returns its reply.
func (r *rig) ask(req request) reply {
	r.tags++
	t := r.tags
	r.send(evRequest{t, req})
	require.Contains(r.t, r.replies, t, "answered")
	return r.replies[t]
}

// took holds what was done since the last time against want; without
// releases, which have their own test.
func (r *rig) took(want []string) {
	r.t.Helper()
	got := r.done
	r.done = nil
	if want == nil {
		return
	}
	seen := []string{}
	for _, g := range got {
		if !strings.HasPrefix(g, "release") {
			seen = append(seen, g)
		}
	}
	require.Equal(r.t, want, seen)
}

// words is a list of steps as text: "start a, start b".
func words(s string) []string {
	if s == "" {
		return []string{}
	}
	return strings.Split(s, ", ")
}

// states lists the children as "id state", the oldest first.
func (r *rig) states() string {
	var list []string
	for c := range r.m.children.all() {
		list = append(list, c.spec.ID+" "+c.state.String())
	}
	return strings.Join(list, ", ")
}
