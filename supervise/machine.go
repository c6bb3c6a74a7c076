package supervise

import "time"

// machine decides everything a supervisor does. It has no clock, no goroutine
// and does no I/O: an event and the time go in, actions come out. Exits,
// requests and retries wait in one queue, as in an OTP supervisor's mailbox;
// while an operation is under way only what it waits for, and the parent, are
// listened to.
type machine struct {
	strategy Strategy
	auto     AutoShutdown
	backoff  Backoff
	decider  Decider
	circuit  bool
	boot     Boot
	budget   budget
	oom      budget // not limited: ends for want of memory use the other one

	template  *ChildSpec // of a SimpleOneForOne, otherwise nil
	instances instances
	children  roster
	specs     map[string]bool // ids of the spec: whoever is not among them is new in a change

	queue    []event // evExited, evRequest, evRetry, evStopInTurn, oldest first
	op       *operation
	rising   bool    // a boot by BootRestart is not over
	ending   *ending // set: no new operation but the last one
	over     bool
	lastLife life
	lastWait wait
	chance   func() float64 // in [0,1), for delays

	now time.Time // of the step
	out []action  // of the step
}

// ending is why the supervisor is to end, and how.
type ending struct {
	reason error
	brutal bool // the parent demands it at once: children are killed
}

// newMachine makes the machine of a checked spec.
func newMachine(policy Policy, specs []ChildSpec) *machine {
	m := &machine{children: newRoster(), specs: idsOf(specs), chance: func() float64 { return 1 }}
	m.follow(policy)
	if policy.Strategy == SimpleOneForOne {
		template := filled(specs[0])
		m.template = &template
		return m
	}
	for _, s := range specs {
		m.add(s)
	}
	return m
}

// follow makes the policy that of the machine; restarts so far still count.
func (m *machine) follow(p Policy) {
	m.strategy, m.auto, m.backoff, m.decider, m.circuit, m.boot = p.Strategy, p.AutoShutdown, p.Backoff, p.Decider, p.Circuit, p.Boot
	m.budget.intensity, m.budget.period = p.limits()
	m.oom.set(p.OOM, m.budget.period)
}

// add appends a child that has no process.
func (m *machine) add(s ChildSpec) *child {
	c := &child{}
	m.specify(c, s)
	m.children.add(c)
	return c
}

// specify makes the spec that of c.
func (m *machine) specify(c *child, s ChildSpec) {
	c.spec, c.onlyOnce = filled(s), false
	c.own.set(s.MaxRestarts, m.budget.period)
}

// filled fills in the default of a Shutdown.
func filled(s ChildSpec) ChildSpec {
	s.Shutdown = shutdownOf(s.Shutdown, s.Type)
	return s
}

// step takes one event in at the time now, and returns what is to be done
// about it, in order.
func (m *machine) step(now time.Time, ev event) []action {
	m.now, m.out = now, nil
	m.accept(ev)
	for m.advance() {
	}
	out := m.out
	m.out = nil // it has what callers gave
	return out
}

// do adds an action.
func (m *machine) do(a action) { m.out = append(m.out, a) }

// accept gives the event to the operation that waits for it, or queues it.
func (m *machine) accept(ev event) {
	switch ev := ev.(type) {
	case evBoot:
		if m.boot == BootRestart {
			m.rise()
			return
		}
		m.op = &operation{kind: booting}
		for c := range m.children.all() {
			m.op.starts = append(m.op.starts, c)
		}
	case evStarted:
		m.startEnded(ev.life, nil)
	case evStartFailed:
		m.startEnded(ev.life, ev.err)
	case evIgnored:
		m.startEnded(ev.life, ErrIgnore)
	case evDeadline:
		m.deadline(ev.life)
	case evDelayed:
		m.delayed(ev)
	case evStop:
		m.end(ending{reason: ev.reason})
	case evKill:
		m.end(ending{reason: ev.reason, brutal: true})
	case evExited:
		m.acceptExit(ev)
	case evStopInTurn:
		m.queue = append(m.queue, ev)
	case evRequest:
		if m.over {
			m.reply(ev.tag, reply{err: errUnserved})
			return
		}
		m.queue = append(m.queue, ev)
	case evCancel:
		m.cancel(ev.tag)
	case evHurry:
		if m.op != nil && m.op.kind == terminating && m.op.tag == ev.tag {
			m.killStopping()
		}
	}
}

// acceptExit gives the exit to the stop that waits for it, or queues it; an
// exit of a life that was replaced, or of none, is nobody's.
func (m *machine) acceptExit(ev evExited) {
	c := m.children.lives[ev.life]
	switch {
	case c == nil || c.exit != nil:
	case c.aside:
		c.exit = &ev // its turn comes when its start has returned
	case c.stopping:
		m.stopEnded(c, ev)
	default:
		c.exit = &ev
		m.queue = append(m.queue, ev)
	}
}

// advance does the next thing, and returns false when there is nothing to do
// before the next event.
func (m *machine) advance() bool {
	switch {
	case m.over:
		return false
	case m.op != nil:
		return m.proceed()
	case m.ending != nil:
		m.op = m.lastOperation()
		return true
	case len(m.queue) == 0:
		return m.climb()
	}
	ev := m.queue[0]
	m.queue[0] = nil
	m.queue = m.queue[1:]
	switch ev := ev.(type) {
	case evExited:
		// One that is not found was swallowed by a stop.
		if c := m.children.lives[ev.life]; c != nil {
			m.exited(c, ev)
		}
	case evRetry:
		m.retry(ev.id)
	case evStopInTurn:
		m.end(ending{reason: ev.reason})
	case evRequest:
		m.serve(ev.tag, ev.req)
	}
	return true
}

// end begins the end. The first reason counts; what is being started is not
// wanted any more.
func (m *machine) end(e ending) {
	switch {
	case m.over:
		return
	case m.ending == nil:
		m.ending = &e
	case e.brutal && !m.ending.brutal:
		m.ending.brutal, m.ending.reason = true, e.reason
	default:
		return
	}
	if m.op != nil {
		m.hurry(m.op)
	}
}
