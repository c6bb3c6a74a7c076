package supervise

// start begins the next life of c.
func (m *machine) start(c *child) {
	m.op.starting = c
	m.begin(c, m.op.kind == changing)
}

func (m *machine) begin(c *child, changed bool) {
	m.lastLife++
	c.state, c.failure, c.charged, c.wait, c.pending, c.again, c.changed = Stopped, nil, false, 0, false, false, false // whatever it waited for
	m.children.lived(c, m.lastLife)
	c.held = true
	m.do(acStart{life: c.life, spec: c.spec, changed: changed})
}

// startEnded takes in how the start of that life went.
func (m *machine) startEnded(l life, err error) {
	if c := m.children.lives[l]; c != nil && c.aside {
		m.asideEnded(c, err)
		return
	}
	op := m.op
	if op == nil || op.starting == nil || op.starting.life != l {
		return
	}
	c := op.starting
	op.starting = nil
	switch {
	case err == nil:
		m.started(op, c)
	case m.ending != nil:
		// Not wanted any more: its failure is no news, and has no effect.
		op.errs = append(op.errs, errNoSupervisor)
		m.neverLived(op, c)
		m.vacate(c)
		m.release(c)
	case err == ErrIgnore: //nolint:errorlint // evIgnored
		m.report(report{kind: EventIgnored, id: c.spec.ID})
		m.neverLived(op, c)
		c.open = false
		m.down(c)
	default:
		m.startFailed(op, c, err)
	}
}

// started: c is up.
func (m *machine) started(op *operation, c *child) {
	op.started = c.life
	m.came(c, op.kind == restarting)
}

// came: c is up, again or because somebody saw to it.
func (m *machine) came(c *child, again bool) {
	c.state, c.open, c.since = Running, false, m.now
	if again {
		c.restart++
	} else {
		c.streak = 0
	}
	m.dropStart(c)
	m.report(report{kind: EventStarted, id: c.spec.ID, life: c.life})
}

// dropStart lets go of the Start of c, which runs, and of all that it has
// captured, if c is not to be started again (OTP: save_child/2 and dyn_store/2).
func (m *machine) dropStart(c *child) {
	if c.spec.Restart == Temporary && !m.deciderOf(c).restarts() {
		c.spec.Start, c.spec.spec, c.onlyOnce = nil, nil, true
	}
}

// neverLived notes the number of an instance that came to nothing at once.
func (m *machine) neverLived(op *operation, c *child) {
	if op.kind == adding && c.number != 0 {
		m.instances.never(c.number)
	}
}

// startFailed does what a failed start means for the operation.
func (m *machine) startFailed(op *operation, c *child, err error) {
	l := c.life
	m.failed(c, err)
	m.neverLived(op, c)
	m.vacate(c)
	if op.kind == restarting {
		op.starts = nil
		m.restartFailed(c, l, err, false)
		return
	}
	m.report(report{kind: EventStartFailed, id: c.spec.ID, life: l, err: err})
	switch op.kind {
	case booting:
		// OTP: init_children/2. No retry, whatever the restart type: what is up is
		// stopped in reverse order.
		op.starts = nil
		m.release(c)
		m.ending = &ending{reason: err}
	case adding:
		m.forget(c)
		op.errs = append(op.errs, err)
	case reviving:
		m.release(c)
		op.errs = append(op.errs, err)
	case resuming:
		// Whoever is behind it needs it, and stays down with it.
		op.starts, c.open = nil, true
		m.report(report{kind: EventCircuitOpened, id: c.spec.ID, err: err})
		m.release(c)
		op.errs = append(op.errs, err)
	case changing:
		// The others are changed all the same: whoever asked gets all that failed. An
		// instance could not be started again by anybody.
		if m.template != nil {
			m.forget(c)
		} else {
			m.release(c)
		}
		op.errs = append(op.errs, err)
	case restarting, parking, terminating, closing:
	}
}

// restartFailed has the restart of c tried again (OTP: restart/3, try_again),
// unless its Decider has another idea. The retry goes to the back of the queue:
// what waits there is served before it, and may cancel it. first says that it is
// the boot's own start of c that failed.
func (m *machine) restartFailed(c *child, l life, err error, first bool) {
	cause := m.cause(c, err)
	cause.StartFailed = true
	verdict, rule := m.deciderOf(c).decide(cause)
	if verdict == ByType {
		verdict = DoRestart // it was to be restarted, that is why it is here
		if first && c.spec.Restart == Temporary {
			verdict = DoStop // that never is
		}
	}
	told := report{kind: EventStartFailed, id: c.spec.ID, life: l, err: err, verdict: verdict, rule: rule}
	if verdict != DoRestart {
		m.report(told)
		m.down(c)
		m.settle(c, verdict, err)
		return
	}
	c.state, c.failure = Restarting, err
	c.streak++
	told.delay = m.backoffOf(c).delay(c.streak, m.chance)
	if m.spent(c, cause.OOM, m.now.Add(told.delay)) {
		told.verdict, told.rule, told.spent = DoStop, 0, true // as it turns out when the retry's turn comes
	}
	m.report(told)
	m.children.settled = nil
	if told.delay > 0 {
		m.delay(c, false, told.delay)
		return
	}
	m.queue = append(m.queue, evRetry{c.spec.ID})
}
