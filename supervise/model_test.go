package supervise

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/actor"
)

// world is what a machine acts upon, with rules of its own: it answers when it
// likes, and notes everything that a supervisor must never do.
type world struct {
	t         *rapid.T
	m         *machine
	now       time.Time
	ids       map[life]string
	starting  []life
	living    []life
	asked     map[life]bool // to stop
	hurried   map[life]bool // their start was interrupted
	killed    map[life]bool
	abandoned map[life]bool
	held      map[string]bool
	open      map[tag]request
	tags      tag
	delays    []evDelayed
	simple    bool
	rises     bool          // its boot is a BootRestart
	unwanted  map[life]bool // their start was interrupted, be it long ago
	up, over  bool
	ending    bool // stop or kill was sent: from now on only stops, in reverse
	lastStop  int  // place in the order of the specs of the last stop since
}

// Whatever happens in whatever order: never two lives of one child, never two
// things at once, stops in reverse order, one answer to every request, and an
// end when it is told to.
func TestMachineInvariants(t *testing.T) { rapid.Check(t, machineInvariants) }

func FuzzMachineInvariants(f *testing.F) { f.Fuzz(rapid.MakeFuzz(machineInvariants)) }

func machineInvariants(t *rapid.T) {
	w := &world{
		t: t, now: time.Unix(0, 0), ids: map[life]string{}, asked: map[life]bool{}, hurried: map[life]bool{}, killed: map[life]bool{},
		abandoned: map[life]bool{}, unwanted: map[life]bool{}, held: map[string]bool{}, open: map[tag]request{},
	}
	policy := drawPolicy(t)
	var specs []ChildSpec
	most := 4
	if policy.Strategy == SimpleOneForOne {
		most = 1
	}
	for i := range rapid.IntRange(0, most).Draw(t, "children") {
		specs = append(specs, drawChild(t, string(rune('a'+i)), policy))
	}
	if policy.Strategy == SimpleOneForOne && len(specs) == 0 {
		specs = append(specs, drawChild(t, "a", policy))
	}
	w.simple = policy.Strategy == SimpleOneForOne
	w.m, w.rises = newMachine(policy, specs), policy.Boot == BootRestart
	w.step(evBoot{})
	for range rapid.IntRange(0, 60).Draw(t, "events") {
		w.anything()
	}
	w.bringDown()
}

func drawPolicy(t *rapid.T) Policy {
	p := Policy{
		Strategy:     rapid.SampledFrom([]Strategy{OneForOne, OneForAll, RestForOne, SimpleOneForOne}).Draw(t, "strategy"),
		Intensity:    rapid.SampledFrom([]int{NoRestarts, 0, 3, 50}).Draw(t, "intensity"),
		AutoShutdown: rapid.SampledFrom([]AutoShutdown{Never, AnySignificant, AllSignificant}).Draw(t, "auto"),
		Circuit:      rapid.Bool().Draw(t, "circuit"),
		Boot:         rapid.SampledFrom([]Boot{BootStop, BootRestart}).Draw(t, "boot"),
	}
	if rapid.Bool().Draw(t, "oom") {
		p.OOM = Budget{Intensity: rapid.SampledFrom([]int{NoRestarts, 2}).Draw(t, "oom intensity")}
	}
	if rapid.Bool().Draw(t, "backoff") {
		p.Backoff = Backoff{Initial: time.Second, Exact: true}
	}
	if rapid.Bool().Draw(t, "decider") {
		when := rapid.SampledFrom([]Match{{Is: errCrash}, {}, {OOM: true}, {StartFailed: true}}).Draw(t, "when")
		p.Decider = Decider{{When: when, Do: rapid.SampledFrom([]Verdict{ByType, DoRestart, DoStop, DoIgnore, DoEscalate}).Draw(t, "verdict")}}
	}
	return p
}

func drawChild(t *rapid.T, id string, p Policy) ChildSpec {
	s := ChildSpec{
		ID:       id,
		Start:    startNothing,
		Restart:  rapid.SampledFrom([]Restart{Permanent, Transient, Temporary}).Draw(t, "restart"),
		Shutdown: rapid.SampledFrom([]time.Duration{0, BrutalKill, Infinity}).Draw(t, "shutdown"),
	}
	s.Significant = p.AutoShutdown != Never && s.Restart != Permanent && rapid.Bool().Draw(t, "significant")
	if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
		s.MaxRestarts = Budget{Intensity: 1}
	}
	if rapid.IntRange(0, 3).Draw(t, "own backoff") == 0 {
		s.Backoff = Backoff{Initial: time.Second, Exact: true, Factor: 1, Reset: time.Hour}
	}
	if rapid.IntRange(0, 3).Draw(t, "own decider") == 0 {
		s.Decider = Decider{}
	}
	return s
}

// anything lets one thing happen that can.
func (w *world) anything() {
	ids := []string{"a", "b", "c", "d", "x", "y"}
	if w.simple {
		ids = []string{"a", "a#1", "a#2", "a#3", "a#4"}
	}
	id := func() string { return rapid.SampledFrom(ids).Draw(w.t, "id") }
	switch rapid.IntRange(0, 19).Draw(w.t, "what") {
	case 0, 1, 2, 3:
		w.answerStart(rapid.IntRange(0, 4).Draw(w.t, "how"))
	case 4, 5, 6:
		w.exitAny(rapid.SampledFrom([]error{
			errCrash, actor.ErrNormal, caused{Cause{OOM: true}}, caused{Cause{Exited: true, Code: PermanentFailure}},
		}).Draw(w.t, "reason"))
	case 7:
		w.ask(reqStart{drawChild(w.t, id(), Policy{})})
	case 8:
		w.ask(reqTerminate{id()})
	case 9:
		w.ask(reqRestart{id()})
	case 10:
		w.ask(reqDelete{id()})
	case 11:
		w.ask(rapid.SampledFrom([]request{reqWhich{}, reqCount{}, reqChild{"a"}, reqSpec{"a"}}).Draw(w.t, "question"))
	case 12:
		w.now = w.now.Add(rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute}).Draw(w.t, "pause"))
		w.deadlineAny()
	case 13:
		w.stale()
	case 15:
		w.ask(reqResume{id()})
	case 16, 17:
		if w.simple {
			w.ask(reqInstance{})
		} else {
			w.change(ids)
		}
	case 18:
		of := tag(rapid.IntRange(0, int(w.tags)+1).Draw(w.t, "tag"))
		w.step(rapid.SampledFrom([]event{evCancel{of}, evHurry{of}}).Draw(w.t, "gone"))
	case 19:
		if len(w.delays) > 0 {
			d := w.delays[0]
			w.delays = w.delays[1:]
			w.step(d)
		}
	case 14:
		if rapid.IntRange(0, 9).Draw(w.t, "end") == 0 {
			w.tellToEnd(rapid.Bool().Draw(w.t, "brutal"))
		}
	}
}

func (w *world) answerStart(how int) {
	if len(w.starting) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.starting)-1).Draw(w.t, "whose")
	l := w.starting[i]
	w.starting = slices.Delete(w.starting, i, i+1)
	switch how {
	case 0:
		w.step(evStartFailed{l, errCrash})
	case 1:
		w.step(evIgnored{l})
	case 2: // it starts, and dies before that is told
		w.step(evExited{l, errCrash, false})
		w.step(evStarted{l})
	default:
		w.living = append(w.living, l)
		w.step(evStarted{l})
	}
}

func (w *world) exitAny(reason error) {
	if len(w.living) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.living)-1).Draw(w.t, "which")
	w.exit(w.living[i], reason)
}

func (w *world) exit(l life, reason error) {
	w.living = slices.DeleteFunc(w.living, func(o life) bool { return o == l })
	w.step(evExited{l, reason, actor.IsNormal(reason)})
}

func (w *world) ask(r request) {
	w.tags++
	w.open[w.tags] = r
	w.step(evRequest{w.tags, r})
}

// change asks for other children in another order.
func (w *world) change(ids []string) {
	p := drawPolicy(w.t)
	if p.Strategy == SimpleOneForOne {
		p.Strategy = RestForOne
	}
	var specs []ChildSpec
	var changed []string
	for _, id := range rapid.Permutation(ids).Draw(w.t, "order")[:rapid.IntRange(0, len(ids)).Draw(w.t, "children")] {
		specs = append(specs, drawChild(w.t, id, p))
		if rapid.Bool().Draw(w.t, "changed") {
			changed = append(changed, id)
		}
	}
	w.ask(reqChange{policy: p, specs: specs, changed: changed})
}

func (w *world) deadlineAny() {
	for l := range w.m.lastLife + 1 {
		if w.asked[l] || w.hurried[l] {
			delete(w.hurried, l)
			w.step(evDeadline{l})
			return
		}
	}
}

// stale sends what belongs to a life of the past, or to none.
func (w *world) stale() {
	l := life(rapid.IntRange(0, int(w.m.lastLife)+2).Draw(w.t, "life"))
	if slices.Contains(w.living, l) || slices.Contains(w.starting, l) {
		return
	}
	w.step(rapid.SampledFrom([]event{evStarted{l}, evStartFailed{l, errCrash}, evIgnored{l}, evExited{l, errCrash, false}, evDeadline{l}}).Draw(w.t, "stale"))
}

func (w *world) tellToEnd(brutal bool) {
	if !w.ending {
		w.ending, w.lastStop = true, w.m.children.len()+1
	}
	if brutal {
		w.step(evKill{actor.ErrKilled})
	} else {
		w.step(evStop{actor.ErrShutdown})
	}
}

// bringDown ends the supervisor, which must need only what it asks for.
func (w *world) bringDown() {
	w.tellToEnd(false)
	for range 100 {
		if w.over {
			break
		}
		switch i := slices.IndexFunc(w.living, func(l life) bool { return w.asked[l] || w.killed[l] }); {
		case len(w.starting) > 0:
			w.answerStart(3)
		case i >= 0:
			w.exit(w.living[i], actor.ErrShutdown)
		default:
			w.t.Fatalf("the supervisor waits for nothing; living %v", w.living)
		}
	}
	w.want(w.over, "the supervisor ends")
	w.want(len(w.living) == 0, "no child outlives it: %v", w.living)
	w.want(len(w.open) == 0, "every request is answered: %v", w.open)
	w.want(len(w.held) == 0, "every caller is let go: %v", w.held)
	w.want(len(w.m.queue) == 0, "nothing is left")
}

func (w *world) want(ok bool, format string, args ...any) {
	w.t.Helper()
	if !ok {
		w.t.Fatalf("broken: "+format, args...)
	}
}

// saysSo reports whether the action only tells of the end.
func saysSo(a action) bool {
	said, ok := a.(acReport)
	_, answered := a.(acReply)
	return answered || ok && said.report.kind == EventEnded
}

func (w *world) step(ev event) {
	w.t.Logf("-> %T%+v", ev, ev)
	for _, a := range w.m.step(w.now, ev) {
		w.t.Logf("   %T%+v", a, a)
		w.want(!w.over || saysSo(a), "nothing is done after the end but to say so")
		w.check(a)
	}
	w.want(len(w.m.queue) == 0 || w.m.op != nil, "nothing waits while nothing is done")
	w.checkChildren()
}

// checkChildren holds what the machine knows of the children against what was
// done about them.
func (w *world) checkChildren() {
	restarting, lives := false, 0
	for c := range w.m.children.all() {
		id := c.spec.ID
		w.want(c.held == w.held[id], "it knows whether callers of %s wait", id)
		if c.life != 0 {
			lives++
			w.want(w.m.children.lives[c.life] == c, "the life of %s is its own", id)
		}
		if c.state != Restarting {
			continue
		}
		restarting = true
		w.want(c.life == 0 && c.held, "callers of %s wait for its next life", id)
		if c.wait != 0 {
			w.want(slices.Contains(w.delays, evDelayed{id, c.wait}), "a delay of %s is to end", id)
		} else {
			w.want(w.m.op != nil, "the retry of %s comes", id)
		}
	}
	w.want(lives == len(w.m.children.lives), "no life is nobody's")
	if w.m.op != nil || restarting && w.m.strategy != RestForOne {
		return
	}
	restarting = false
	for c := range w.m.children.all() {
		restarting = restarting || c.unsettled()
		w.want(restarting || c.state != Stopped || !c.held, "%s waits for a restart that does not come", c.spec.ID)
	}
}

func (w *world) check(a action) {
	switch a := a.(type) {
	case acStart:
		w.checkStart(a)
	case acStop:
		w.checkStop(a.life)
		w.asked[a.life] = true
	case acKill:
		w.want(!w.killed[a.life], "killed once")
		if !w.asked[a.life] {
			w.checkStop(a.life)
		}
		w.want(slices.Contains(w.living, a.life), "only who lives is killed")
		w.killed[a.life] = true
	case acInterrupt:
		w.want(slices.Contains(w.starting, a.life) && (w.ending || w.rises), "an interrupted start is under way")
		w.hurried[a.life], w.unwanted[a.life] = true, true
	case acAbandon:
		w.want(slices.Contains(w.starting, a.life), "an abandoned start is under way")
		w.starting = slices.DeleteFunc(w.starting, func(l life) bool { return l == a.life })
		w.abandoned[a.life] = true
	case acDelay:
		w.want(!w.ending && !w.lives(a.id), "who waits for a restart does not live")
		w.delays = append(w.delays, evDelayed{a.id, a.wait})
	case acRelease:
		w.want(w.held[a.id], "%s is released once", a.id)
		w.want(!w.lives(a.id), "%s is not released while it lives", a.id)
		delete(w.held, a.id)
	case acReply:
		w.checkReply(a)
	case acUp:
		w.want(!w.up && !w.ending, "up once")
		w.want(len(w.starting) == 0, "up when all are")
		w.up = true
	case acOver:
		w.over = true
		w.want(len(w.living)+len(w.starting) == 0, "the end comes when all are gone")
	case acReport:
		if slices.Contains([]EventKind{EventEscalated, EventAutoShutdown, EventGaveUp}, a.report.kind) || a.report.kind == EventStartFailed && !w.up && !w.rises {
			w.ending, w.lastStop = true, w.m.children.len()+1
		}
	}
}

func (w *world) checkStart(a acStart) {
	w.want(!w.ending, "nothing is started when the supervisor is to end")
	w.want(len(w.starting) == 0 || w.rises, "one start at a time")
	w.want(!slices.ContainsFunc(w.starting, func(l life) bool { return w.ids[l] == a.spec.ID }), "%s is being started", a.spec.ID)
	w.want(!w.stopUnderWay(), "no start before the stop is done")
	w.want(w.ids[a.life] == "", "a life is begun once")
	w.want(!w.lives(a.spec.ID), "%s lives already", a.spec.ID)
	w.ids[a.life] = a.spec.ID
	w.starting = append(w.starting, a.life)
	w.held[a.spec.ID] = true
}

func (w *world) lives(id string) bool {
	return slices.ContainsFunc(w.living, func(l life) bool { return w.ids[l] == id })
}

func (w *world) checkStop(l life) {
	w.want(slices.Contains(w.living, l), "who is dead is not stopped")
	w.want((len(w.starting) == 0 || w.rises) && (!w.stopUnderWay() || w.simple && w.ending), "one stop at a time, but for instances at the end")
	if w.ending && !w.unwanted[l] { // that stop began before
		place := slices.IndexFunc(slices.Collect(w.m.children.all()), func(c *child) bool { return c.life == l })
		w.want(place < w.lastStop, "stops go in reverse")
		w.lastStop = place
	}
}

func (w *world) stopUnderWay() bool {
	return slices.ContainsFunc(w.living, func(l life) bool { return w.asked[l] || w.killed[l] })
}

func (w *world) checkReply(a acReply) {
	req, ok := w.open[a.tag]
	w.want(ok, "a request is answered once")
	delete(w.open, a.tag)
	if _, ok := req.(reqCount); ok && a.reply.err == nil {
		c := a.reply.count
		if w.simple {
			return // its exits that are queued count still
		}
		w.want(c.Active == len(w.living), "count says %d of %d", c.Active, len(w.living))
		w.want(c.Supervisors+c.Workers == c.Specs, "count adds up: %+v", c)
	}
	if _, ok := req.(reqWhich); ok && a.reply.err == nil {
		for _, c := range a.reply.which {
			w.want((c.state == Running) == (c.life != 0), "which is coherent: %s", fmt.Sprint(c.spec.ID, c.state, c.life))
		}
	}
}

// caused is an end of a known cause.
type caused struct{ Cause }

func (c caused) Error() string    { return fmt.Sprintf("%+v", c.Cause) }
func (c caused) ExitCause() Cause { return c.Cause }
