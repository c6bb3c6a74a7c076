package supervise

import (
	"math/rand/v2"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// incarnation is one life of a supervisor: a goroutine that takes events in,
// asks the machine, and does what it says. Nothing it does waits, so that it
// can always be stopped, asked how it is, and be told that nobody waits any
// more.
type incarnation struct {
	life    *actor.Life
	sys     *actor.System
	path    string
	nested  bool // its parent is a supervisor
	serves  bool // requests are served while it comes up
	cell    *cell
	above   []*cell // of the supervisors above, the nearest first
	inbox   *inbox
	machine *machine
	booted  chan error // capacity 1: how the boot went
	began   time.Time

	// The following belongs to the goroutine.
	children map[life]*process
	current  map[string]*process // by id
	callers  map[tag]*question
	lastTag  tag
	up       bool
	now      time.Time // of the step
}

func newIncarnation(c *cell, l *actor.Life, nested bool, spec Spec) *incarnation {
	i := &incarnation{
		life:     l,
		sys:      c.sys,
		path:     c.path,
		nested:   nested,
		serves:   spec.Policy.Boot == BootRestart,
		cell:     c,
		above:    c.above(),
		inbox:    newInbox(),
		machine:  newMachine(spec.Policy, spec.Children),
		booted:   make(chan error, 1),
		began:    time.Now(),
		children: make(map[life]*process),
		current:  make(map[string]*process),
		callers:  make(map[tag]*question),
	}
	i.machine.chance = rand.Float64
	i.machine.instances = i.top().numbers.at(i.path)
	i.inbox.post(evBoot{}) // before anybody can ask
	return i
}

// top is the cell of the topmost supervisor.
func (i *incarnation) top() *cell {
	if n := len(i.above); n > 0 {
		return i.above[n-1]
	}
	return i.cell
}

// run is the goroutine.
func (i *incarnation) run() {
	for over := false; !over; {
		switch m := i.inbox.take(); {
		case m.exited != 0:
			over = i.step(evExited{life: m.exited, reason: m.reason, normal: actor.IsNormal(m.reason)})
		case m.look != nil:
			m.look(true)
		case m.withdrawn != nil:
			over = i.withdraw(m.withdrawn)
		case m.question != nil:
			over = i.question(m.question)
		default:
			p := i.meet(m.ev)
			over = i.step(m.ev)
			if p != nil && p.early != nil {
				p.early.tell(i, !over)
				p.early = nil
			}
		}
	}
}

// meet takes note of whoever came up, or did not, and returns it; nil when the event
// is another, or its start was abandoned.
func (i *incarnation) meet(ev event) *process {
	var of life
	switch ev := ev.(type) {
	case evStarted:
		of = ev.life
	case evStartFailed:
		of = ev.life
	default:
		return nil
	}
	p := i.children[of]
	if p != nil {
		p.known()
	}
	return p
}

// step gives an event to the machine and does what it says; true: that was
// the last one.
func (i *incarnation) step(ev event) (over bool) {
	i.now = time.Now()
	actions := i.machine.step(i.now, ev)
	for n, a := range actions {
		if a, ok := a.(acOver); ok {
			i.end(a.reason, actions[n+1:])
			return true
		}
		i.perform(a)
	}
	return false
}

// question gives a request to the machine, if somebody still waits.
func (i *incarnation) question(q *question) (over bool) {
	if q.gone.Load() {
		q.reply(answer{err: errTakenBack})
		return false
	}
	i.lastTag++
	q.tag = i.lastTag
	i.callers[q.tag] = q
	return i.step(evRequest{tag: q.tag, req: q.req})
}

// withdraw takes back a request that waits for its turn. Of one that is being
// carried out it lets go who asked; but a stop is cut short, and then answered.
func (i *incarnation) withdraw(q *question) (over bool) {
	if i.callers[q.tag] != q {
		return false // it is answered
	}
	over = i.step(evCancel{q.tag})
	if _, stops := q.req.(reqTerminate); stops && !q.lets {
		if i.callers[q.tag] == q {
			q.cut = true
			over = i.step(evHurry{q.tag}) || over
		}
		return over
	}
	i.answer(q.tag, answer{err: errGoesOn})
	return over
}

// answer answers who made the request, unless that was answered before.
func (i *incarnation) answer(t tag, a answer) {
	if q := i.callers[t]; q != nil {
		delete(i.callers, t)
		q.reply(a)
	}
}

// perform does one action.
func (i *incarnation) perform(a action) {
	switch a := a.(type) {
	case acStart:
		i.start(a)
	case acInterrupt:
		i.children[a.life].interrupt(a.timeout)
	case acAbandon:
		i.abandon(i.children[a.life])
	case acStop:
		i.children[a.life].stop(a.timeout)
	case acKill:
		i.children[a.life].kill()
	case acDelay:
		i.delay(a)
	case acRelease:
		i.release(a.id)
	case acReply:
		i.answer(a.tag, i.translate(a.reply))
	case acReport:
		i.tell(a.report)
	case acUp:
		// When the life was killed meanwhile, that is in the inbox.
		i.up = true
		i.life.Ready()
		i.booted <- nil
	case acOver: // see step
	}
}

// end is the end. Its own supervisor knows first; then the rest is done, which
// tells of it, and who waits here is answered.
func (i *incarnation) end(reason error, rest []action) {
	i.top().numbers.keep(i.path, i.machine.instances)
	i.life.EndAnswering(reason, func() {
		for _, a := range rest {
			i.perform(a)
		}
		for _, m := range i.inbox.close() {
			switch {
			case m.question != nil:
				m.question.reply(answer{err: errUnserved})
			case m.look != nil:
				m.look(false)
			}
		}
		i.cell.told()
	})
	if !i.up {
		i.booted <- reason
	}
}

// ask puts a question; false when the incarnation ends.
func (i *incarnation) ask(req request, reply func(answer)) bool {
	return i.inbox.put(message{question: &question{req: req, reply: reply}})
}
