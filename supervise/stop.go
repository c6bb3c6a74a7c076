package supervise

// stop ends the process of c, if it has one. An exit of it that is queued is
// swallowed: it is what was wanted (OTP: shutdown/1 and monitor_child/1).
func (m *machine) stop(c *child) {
	if c.aside {
		m.giveUpStart(c)
		return
	}
	if c.state != Running {
		m.stopped(c)
		return
	}
	if c.exit != nil {
		m.reportStop(c, *c.exit)
		m.stopped(c)
		return
	}
	c.stopping = true
	m.op.stopping++
	if m.kills(c) {
		m.kill(c)
		return
	}
	m.do(acStop{life: c.life, timeout: c.spec.Shutdown})
}

// kill ends c, which is being stopped, without asking, once.
func (m *machine) kill(c *child) {
	if c.aside {
		m.abandon(c)
		return
	}
	if !c.killed {
		c.killed = true
		m.do(acKill{c.life})
	}
}

// kills reports whether c is ended without being asked first.
func (m *machine) kills(c *child) bool {
	return c.spec.Shutdown == BrutalKill || m.ending != nil && m.ending.brutal
}

// stopEnded takes in the exit of c, which is being stopped.
func (m *machine) stopEnded(c *child, ev evExited) {
	m.op.stopping--
	m.reportStop(c, ev)
	m.stopped(c)
}

// stopped is called when c has no process any more and the operation wanted
// that (OTP: terminate_children/2 forgets temporary children, wherever).
func (m *machine) stopped(c *child) {
	if m.op.kind == changing {
		m.op.stopped = append(m.op.stopped, c.spec.ID)
	}
	switch op := m.op; {
	case op.kind == changing && op.drops[c]:
		m.vacate(c)
		m.forget(c)
	case op.kind == changing && (!c.guest || c.spec.Restart != Temporary):
		m.vacate(c)
	case op.kind == restarting && (c == op.subject || c.spec.Restart != Temporary):
		m.vacate(c)
	case op.kind == parking && (c == op.subject || c.spec.Restart != Temporary):
		m.vacate(c)
		m.release(c)
	default:
		m.down(c)
	}
}

// deadline: the time for a stop, or for giving up a start, is over.
func (m *machine) deadline(l life) {
	c := m.children.lives[l]
	switch {
	case c == nil || m.op == nil:
	case c.stopping:
		m.kill(c)
	case m.op.starting == c && m.ending != nil:
		m.abandon(c)
	}
}

// hurry makes what the operation waits for come to an end, because the
// supervisor is to.
func (m *machine) hurry(op *operation) {
	if c := op.starting; c != nil {
		if m.kills(c) {
			m.abandon(c)
			return
		}
		m.do(acInterrupt{life: c.life, timeout: c.spec.Shutdown})
		return
	}
	if op.stopping > 0 && m.ending.brutal {
		m.killStopping()
	}
}

// killStopping kills whoever is being stopped.
func (m *machine) killStopping() {
	for c := range m.children.backward() {
		if c.stopping {
			m.kill(c)
		}
	}
}

// abandon goes on without the start of c, which is under way.
func (m *machine) abandon(c *child) {
	l := c.life
	m.do(acAbandon{l})
	m.startEnded(l, errStopped)
}

// reportStop says that c has ended as it was asked to, or otherwise.
func (m *machine) reportStop(c *child, ev evExited) {
	m.failed(c, ev.reason)
	m.report(report{kind: EventStopped, id: c.spec.ID, life: c.life, err: ev.reason, unasked: !ev.normal && !m.kills(c)})
}
