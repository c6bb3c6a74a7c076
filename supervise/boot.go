package supervise

import (
	"fmt"
	"slices"
)

// Boot says what becomes of a start that fails while the supervisor comes up.
type Boot uint8

// The values of Boot.
const (
	// BootStop: the supervisor does not come up, whatever the child's Restart
	// is (OTP: init_children/2). It is the zero value.
	BootStop Boot = iota
	// BootRestart: it counts as a restart, and is tried again as one (not in
	// OTP): with the child's Backoff, from the budgets, as its Decider says, and
	// with its group. A temporary child is not tried again, and forgotten. Those
	// behind wait, in order, as long as one before them is not up or down for
	// good. Meanwhile requests are served, about any child: to terminate the
	// one whose start is under way, or that waits, gives that start up, and the
	// next one's turn comes.
	BootRestart
)

// String returns the value as policy files have it.
func (b Boot) String() string {
	switch b {
	case BootStop:
		return "stop"
	case BootRestart:
		return "restart"
	}
	return fmt.Sprintf("Boot(%d)", uint8(b))
}

// rise begins the boot of a BootRestart: every child is to be started. Until
// all are settled, the starts of the boot and of restarts are done aside: not
// as a part of an operation, which everything would wait for.
func (m *machine) rise() {
	m.rising = true
	for c := range m.children.all() {
		c.pending = true
	}
}

// climb begins the next start aside, or ends the boot; false: there is nothing
// to do before the next event. A child is started when all before it are
// settled.
func (m *machine) climb() bool {
	if !m.rising {
		return false
	}
	from := m.children.first
	if at := m.children.settled; at != nil {
		from = at.next
	}
	for c := range m.children.from(from) {
		switch {
		case c.pending && m.strategy == OneForAll && m.restartComes(c):
			return false // it would be stopped again
		case c.pending:
			m.startAside(c)
			return true
		case c.unsettled():
			return false
		}
		m.children.settled = c
	}
	m.rising = false
	m.report(report{kind: EventUp})
	m.do(acUp{})
	m.releaseStranded()
	return true
}

// restartComes reports whether one of c and those behind it waits for its
// restart.
func (m *machine) restartComes(c *child) bool {
	for o := range m.children.from(c) {
		if o.state == Restarting {
			return true
		}
	}
	return false
}

// coming reports whether a start of c is to come in the boot, or is under way
// aside.
func (c *child) coming() bool { return c.pending || c.aside }

// unsettled reports whether a start of c or a restart is to come, or is under way.
func (c *child) unsettled() bool { return c.coming() || c.state == Restarting }

// shown is the state of c for whoever asks: one whose start is under way aside is
// on its way.
func (c *child) shown() ChildState {
	if c.aside {
		return Restarting
	}
	return c.state
}

// lived is the life of c that is up, 0 for none.
func (c *child) lived() life {
	if c.aside {
		return 0
	}
	return c.life
}

// await has c started when it is its turn, unless op gives it a delay.
func (m *machine) await(op *operation, c *child) {
	if op.delay > 0 && c == op.subject {
		return
	}
	c.pending, c.changed = true, op.kind == changing
	c.again = op.kind == restarting && (c == op.subject || !c.since.IsZero())
	m.children.settled = nil
}

// inTurn reports whether the next start of op is not op's own: during the boot
// a restart only has its children wait for their turn, and so a change those
// that are behind somebody who is not settled.
func (m *machine) inTurn(op *operation, c *child) bool {
	if !m.rising || op.kind != restarting && op.kind != changing {
		return false
	}
	if op.kind == restarting {
		return true
	}
	for o := range m.children.all() {
		if o == c {
			return false
		}
		if o.unsettled() {
			return true
		}
	}
	return false
}

// startAside begins the next life of c.
func (m *machine) startAside(c *child) {
	again := c.again
	m.begin(c, c.changed)
	c.aside, c.again = true, again
}

// asideEnded takes in how the start of c, which is done aside, went.
func (m *machine) asideEnded(c *child, err error) {
	c.aside = false
	switch {
	case c.stopping:
		m.givenUp(c, err)
	case err == nil:
		m.came(c, c.again)
		if c.exit != nil {
			m.queue = append(m.queue, *c.exit)
		}
	case m.ending != nil:
		m.vacate(c)
		m.release(c)
	case m.op != nil && slices.Contains(m.op.starts, c):
		// What is being done starts it anew.
		m.failed(c, err)
		m.report(report{kind: EventStartFailed, id: c.spec.ID, life: c.life, err: err})
		m.vacate(c)
	case err == ErrIgnore: //nolint:errorlint // evIgnored
		m.report(report{kind: EventIgnored, id: c.spec.ID})
		c.open = false
		m.down(c)
	default:
		l, first := c.life, !c.again
		m.failed(c, err)
		m.vacate(c)
		m.restartFailed(c, l, err, first)
	}
}

// giveUpStart ends the start of c, which is done aside and not wanted any more.
func (m *machine) giveUpStart(c *child) {
	c.stopping = true
	m.op.stopping++
	if m.kills(c) {
		m.abandon(c)
		return
	}
	m.do(acInterrupt{life: c.life, timeout: c.spec.Shutdown})
}

// givenUp: the start of c, which was not wanted any more, is over. One that came
// up all the same is stopped.
func (m *machine) givenUp(c *child, err error) {
	if err != nil {
		if m.ending == nil {
			m.failed(c, err)
			m.report(report{kind: EventStopped, id: c.spec.ID, life: c.life, err: err})
		}
		m.op.stopping--
		m.stopped(c)
		return
	}
	m.came(c, c.again)
	switch {
	case c.exit != nil:
		m.stopEnded(c, *c.exit)
	case m.kills(c):
		m.kill(c)
	default:
		m.do(acStop{life: c.life, timeout: c.spec.Shutdown})
	}
}
