package supervise

import (
	"slices"
	"time"
)

// exited decides about a child that ended by itself (OTP: do_restart/3).
func (m *machine) exited(c *child, ev evExited) {
	cause := m.cause(c, ev.reason)
	verdict, rule := m.verdict(c, cause, ev.normal)
	told := report{kind: EventExited, id: c.spec.ID, life: c.life, err: ev.reason, verdict: verdict, rule: rule}
	if verdict == DoRestart && m.spent(c, cause.OOM, m.now) {
		told.verdict, told.rule, told.spent = DoStop, 0, true // as it turns out in a moment
	}
	m.report(told)
	m.failed(c, ev.reason)
	if m.backoffOf(c).healthy(m.now.Sub(c.since)) {
		c.streak = 0
	}
	if verdict != DoRestart {
		m.down(c)
		m.settle(c, verdict, ev.reason)
		return
	}
	m.vacate(c)
	m.restart(c, ev.reason, cause.OOM)
}

// cause is what is known of the reason, where somebody will look at it.
func (m *machine) cause(c *child, reason error) Cause {
	if m.deciderOf(c) == nil && !m.oom.limited {
		return Cause{Err: reason}
	}
	return CauseOf(reason)
}

// verdict is what the Decider says, or else the restart type.
func (m *machine) verdict(c *child, cause Cause, normal bool) (Verdict, int) {
	verdict, rule := m.deciderOf(c).decide(cause)
	if verdict == ByType {
		verdict = DoStop
		if c.spec.Restart == Permanent || c.spec.Restart == Transient && !normal {
			verdict = DoRestart
		}
	}
	if c.onlyOnce && verdict == DoRestart {
		verdict = DoStop // what restarts it came by a Change, after its start
	}
	return verdict, rule
}

func (m *machine) deciderOf(c *child) Decider {
	if c.spec.Decider != nil {
		return c.spec.Decider
	}
	return m.decider
}

func (m *machine) backoffOf(c *child) Backoff { return c.spec.Backoff.or(m.backoff) }

// settle does what the verdict on a child means that is down for good.
func (m *machine) settle(c *child, verdict Verdict, reason error) {
	switch verdict {
	case DoEscalate:
		err := &EscalateError{Child: c.spec.ID, Reason: reason}
		m.report(report{kind: EventEscalated, id: c.spec.ID, err: err})
		m.end(ending{reason: err})
	case DoStop:
		m.autoShutdown(c, reason)
	case ByType, DoRestart, DoIgnore:
	}
}

// autoShutdown ends the supervisor when the end of c is one that it was to end
// with (OTP: do_auto_shutdown/2).
func (m *machine) autoShutdown(c *child, reason error) {
	if !c.spec.Significant || m.auto == Never {
		return
	}
	if m.auto == AllSignificant {
		for o := range m.children.all() {
			if o != c && (o.spec.Significant && o.state != Stopped || o.spec.Significant && o.coming()) {
				return
			}
		}
	}
	err := &AutoShutdownError{Child: c.spec.ID, Reason: reason}
	m.report(report{kind: EventAutoShutdown, id: c.spec.ID, err: err})
	m.end(ending{reason: err})
}

// retry tries a failed restart again, or begins one whose delay is over,
// unless the child was terminated or started meanwhile (OTP: handle_cast/2,
// try_again_restart).
func (m *machine) retry(id string) {
	c := m.children.ids[id]
	if c == nil || c.state != Restarting || c.wait != 0 {
		return
	}
	if c.charged {
		m.op = m.groupRestart(c)
		return
	}
	reason := c.failure
	m.charged(c, reason, m.cause(c, reason).OOM, func(u usage) {
		m.report(report{kind: EventRestart, id: c.spec.ID, err: reason, usage: u})
		m.op = m.groupRestart(c)
	})
}

// restart begins the restart of c and its group: at once, or, when c has a
// Backoff, with their stop.
func (m *machine) restart(c *child, reason error, oom bool) {
	m.charged(c, reason, oom, func(u usage) {
		c.streak++
		delay := m.backoffOf(c).delay(c.streak, m.chance)
		m.report(report{kind: EventRestart, id: c.spec.ID, err: reason, delay: delay, usage: u})
		m.op = m.groupRestart(c)
		if m.op.delay = delay; delay > 0 && !m.rising {
			m.op.starts = nil
		}
	})
}

// charged does then when there is a budget for the restart of c. Without one
// the supervisor gives up before anything is stopped or started (OTP:
// restart/2), or opens the circuit of c.
func (m *machine) charged(c *child, reason error, oom bool, then func(usage)) {
	used, err := m.charge(c, Death{Child: c.spec.ID, At: m.now, Reason: reason}, oom)
	switch {
	case err == nil:
		then(used)
	case m.circuit:
		m.report(report{kind: EventCircuitOpened, id: c.spec.ID, err: err, usage: used})
		m.park(c)
	default:
		m.report(report{kind: EventGaveUp, id: c.spec.ID, err: err, usage: used})
		m.down(c)
		m.ending = &ending{reason: err}
	}
}

// park leaves c and its group down until somebody resumes it.
func (m *machine) park(c *child) {
	m.vacate(c)
	c.open = true
	m.op = m.groupRestart(c)
	m.op.kind, m.op.starts = parking, nil
}

// delay has c wait before its restart is tried, or tried again.
func (m *machine) delay(c *child, charged bool, after time.Duration) {
	m.lastWait++
	m.children.settled = nil
	c.state, c.charged, c.wait, c.due = Restarting, charged, m.lastWait, m.now.Add(after)
	m.do(acDelay{id: c.spec.ID, wait: c.wait, after: after})
}

// delayed: the delay is over, unless it was canceled.
func (m *machine) delayed(ev evDelayed) {
	if c := m.children.ids[ev.id]; c != nil && c.wait == ev.wait && c.wait != 0 {
		c.wait = 0
		m.queue = append(m.queue, evRetry{c.spec.ID})
	}
}

// groupRestart is the operation that restarts c as the strategy wants it (OTP:
// restart/3). Every child of the group is stopped in reverse order, then
// started in order: also one that had ended, was terminated or was ignored;
// but a temporary one is stopped and forgotten.
func (m *machine) groupRestart(c *child) *operation {
	group := m.group(c)
	stops := slices.Clone(group)
	slices.Reverse(stops)
	return &operation{kind: restarting, subject: c, stops: stops, starts: startable(c, group)}
}

// startable is the part of the group that can be started because of c. Behind
// a child whose circuit is open nothing is, because it needs that child; but
// for c itself, which somebody had started in spite of it.
func startable(c *child, group []*child) []*child {
	starts := make([]*child, 0, len(group))
	held := false
	for _, o := range group {
		held = held || o.open && o != c
		if o == c || !held && o.spec.Restart != Temporary {
			starts = append(starts, o)
		}
	}
	return starts
}

// group returns who is restarted with c, in order.
func (m *machine) group(c *child) []*child {
	switch m.strategy {
	case OneForAll:
		return slices.Collect(m.children.all())
	case RestForOne:
		return slices.Collect(m.children.from(c))
	case OneForOne, SimpleOneForOne:
	}
	return []*child{c}
}
