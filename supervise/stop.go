package supervise

import "slices"

// stop ends the process of c, if it has one. An exit of it that is queued is
// swallowed: it is what was wanted (OTP: shutdown/1 and monitor_child/1).
func (m *machine) stop(c *child) {
	if c.state != Running {
		m.stopped(c)
		return
	}
	if ev, ok := m.swallow(c.life); ok {
		m.reportShutdown(c, ev)
		m.stopped(c)
		return
	}
	m.op.awaited, m.op.stopping, m.op.killed = c, true, false
	if m.kills(c) {
		m.kill(c)
		return
	}
	m.do(acStop{life: c.life, timeout: c.spec.Shutdown})
}

// kill ends the awaited child without asking, once.
func (m *machine) kill(c *child) {
	if !m.op.killed {
		m.op.killed = true
		m.do(acKill{c.life})
	}
}

// kills reports whether c is ended without being asked first.
func (m *machine) kills(c *child) bool {
	return c.spec.Shutdown == BrutalKill || m.ending != nil && m.ending.brutal
}

// swallow takes the exit of that life out of the queue.
func (m *machine) swallow(l life) (evExited, bool) {
	i := slices.IndexFunc(m.queue, func(ev event) bool {
		ex, ok := ev.(evExited)
		return ok && ex.life == l
	})
	if i < 0 {
		return evExited{}, false
	}
	ev := m.queue[i].(evExited) //nolint:errcheck,forcetypeassert // just found
	m.queue = slices.Delete(m.queue, i, i+1)
	return ev, true
}

// stopEnded takes in the exit of the child that is being stopped; false when
// that is not the one.
func (m *machine) stopEnded(ev evExited) bool {
	op := m.op
	if op == nil || op.awaited == nil || !op.stopping || op.awaited.life != ev.life {
		return false
	}
	c := op.awaited
	op.awaited = nil
	m.reportShutdown(c, ev)
	m.stopped(c)
	return true
}

// stopped is called when c has no process any more and the operation wanted
// that (OTP: terminate_children/2 forgets temporary children, wherever).
func (m *machine) stopped(c *child) {
	if m.op.kind == restarting && c.spec.Restart != Temporary {
		m.wait(c)
		return
	}
	m.down(c)
}

// deadline: the time for a stop, or for giving up a start, is over.
func (m *machine) deadline(l life) {
	op := m.op
	if op == nil || op.awaited == nil || op.awaited.life != l {
		return
	}
	if op.stopping {
		m.kill(op.awaited)
		return
	}
	m.abandon(op)
}

// hurry makes the awaited child come to an end, because the supervisor is to.
func (m *machine) hurry(c *child) {
	op := m.op
	switch {
	case op.stopping:
		if m.ending.brutal {
			m.kill(c)
		}
	case m.kills(c):
		m.abandon(op)
	default:
		m.do(acInterrupt{life: c.life, timeout: c.spec.Shutdown})
	}
}

// abandon goes on without the start that is under way.
func (m *machine) abandon(op *operation) {
	l := op.awaited.life
	m.do(acAbandon{l})
	m.startEnded(l, errStopped)
}

// reportShutdown says that a child did not end as it was asked to.
func (m *machine) reportShutdown(c *child, ev evExited) {
	if !ev.normal && !m.kills(c) {
		m.do(acReport{report{kind: shutdownFailed, id: c.spec.ID, life: c.life, err: ev.reason}})
	}
}
