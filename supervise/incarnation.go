package supervise

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/proctor-dev/proctor/actor"
)

// incarnation is one life of a supervisor: a goroutine that takes events in,
// asks the machine, and does what it says. Nothing it does waits, so that it
// can always be stopped.
type incarnation struct {
	life    *actor.Life
	sys     *actor.System
	path    string
	nested  bool // its parent is a supervisor
	inbox   *inbox
	machine *machine
	booted  chan error // capacity 1: how the boot went

	// The following belongs to the goroutine.
	children map[life]*process
	current  map[string]*process // by id
	callers  map[tag]func(answer)
	lastTag  tag
	up       bool
}

func newIncarnation(l *actor.Life, nested bool, spec Spec) *incarnation {
	i := &incarnation{
		life:     l,
		sys:      l.System(),
		path:     l.PID().Name,
		nested:   nested,
		inbox:    newInbox(),
		machine:  newMachine(spec.Policy, spec.Children),
		booted:   make(chan error, 1),
		children: make(map[life]*process),
		current:  make(map[string]*process),
		callers:  make(map[tag]func(answer)),
	}
	i.machine.chance = rand.Float64
	return i
}

// run is the goroutine.
func (i *incarnation) run() {
	i.inbox.post(evBoot{})
	for over := false; !over; {
		m := i.inbox.take()
		ev := m.ev
		if m.question != nil {
			i.lastTag++
			i.callers[i.lastTag] = m.question.reply
			ev = evRequest{tag: i.lastTag, req: m.question.req}
		}
		for _, a := range i.machine.step(time.Now(), ev) {
			over = i.perform(a) || over
		}
	}
}

// perform does one action; true: it was the last one.
func (i *incarnation) perform(a action) bool {
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
		i.callers[a.tag](i.answer(a.reply))
		delete(i.callers, a.tag)
	case acReport:
		i.log(a.report)
	case acUp:
		// When the life was killed meanwhile, that is in the inbox.
		i.up = true
		i.life.Ready()
		i.booted <- nil
	case acOver:
		i.end(a.reason)
		return true
	}
	return false
}

// end is the end: nobody is served any more, then everybody may know.
func (i *incarnation) end(reason error) {
	for _, m := range i.inbox.close() {
		if m.question != nil {
			m.question.reply(answer{err: errNoSupervisor})
		}
	}
	if i.up {
		i.sys.Logger().LogAttrs(context.Background(), slog.LevelDebug, textEnded, slog.String(keySupervisor, i.path), slog.Any(keyReason, reason))
	}
	i.life.End(reason)
	if !i.up {
		i.booted <- reason
	}
}

// ask puts a question; false when the incarnation ends.
func (i *incarnation) ask(req request, reply func(answer)) bool {
	return i.inbox.put(message{question: &question{req: req, reply: reply}})
}
