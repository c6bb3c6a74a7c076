package supervise

// exited decides about a child that ended by itself (OTP: do_restart/3).
func (m *machine) exited(c *child, ev evExited) {
	again := c.spec.Restart == Permanent || c.spec.Restart == Transient && !ev.normal
	if again || !ev.normal {
		m.do(acReport{report{kind: childTerminated, id: c.spec.ID, life: c.life, err: ev.reason, restart: again}})
	}
	if !again {
		m.down(c)
		return
	}
	m.wait(c)
	m.restart(c, ev.reason)
}

// retry tries a failed restart again, unless the child was terminated or
// started meanwhile (OTP: handle_cast/2, try_again_restart).
func (m *machine) retry(id string) {
	c := m.find(id)
	if c == nil || c.state != Restarting {
		return
	}
	reason := c.failure
	m.restart(c, reason)
}

// restart uses the budget, and begins the restart of c and its group; without
// budget the supervisor gives up before anything is stopped or started (OTP:
// restart/2).
func (m *machine) restart(c *child, reason error) {
	if err := m.budget.use(Death{Child: c.spec.ID, At: m.now, Reason: reason}); err != nil {
		m.do(acReport{report{kind: gaveUp, id: c.spec.ID, err: err}})
		m.down(c)
		m.ending = &ending{reason: err}
		return
	}
	m.op = m.groupRestart(c)
}
