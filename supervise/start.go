package supervise

// start begins the next life of c.
func (m *machine) start(c *child) {
	m.lastLife++
	c.life, c.held = m.lastLife, true
	m.op.awaited, m.op.stopping = c, false
	m.do(acStart{life: c.life, spec: c.spec})
}

// startEnded takes in how the start of that life went.
func (m *machine) startEnded(l life, err error) {
	op := m.op
	if op == nil || op.awaited == nil || op.stopping || op.awaited.life != l {
		return
	}
	c := op.awaited
	op.awaited = nil
	switch {
	case err == nil:
		c.state, c.failure, op.started = Running, nil, l
	case m.ending != nil:
		// Not wanted any more: its failure is no news, and has no effect.
		op.err = errNoSupervisor
		m.wait(c)
		m.release(c)
	case err == ErrIgnore: //nolint:errorlint // evIgnored
		m.down(c)
	default:
		m.startFailed(op, c, err)
	}
}

// startFailed does what a failed start means for the operation.
func (m *machine) startFailed(op *operation, c *child, err error) {
	op.starts = nil
	switch op.kind {
	case booting:
		// OTP: init_children/2. No retry, whatever the restart type: what is up is
		// stopped in reverse order.
		m.reportStart(c, err)
		m.wait(c)
		m.release(c)
		m.ending = &ending{reason: err}
	case restarting:
		// OTP: restart/3, try_again. The retry goes to the back of the queue: what
		// waits there is served before it, and may cancel it.
		m.reportStart(c, err)
		m.wait(c)
		c.state, c.failure = Restarting, err
		m.queue = append(m.queue, evRetry{c.spec.ID})
	case adding:
		m.wait(c)
		m.forget(c)
		op.err = err
	case reviving:
		m.wait(c)
		m.release(c)
		op.err = err
	case terminating, closing:
	}
}

func (m *machine) reportStart(c *child, err error) {
	m.do(acReport{report{kind: startFailed, id: c.spec.ID, err: err}})
}
