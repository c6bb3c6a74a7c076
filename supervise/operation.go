package supervise

import (
	"errors"
	"slices"
	"time"
)

// opKind says what an operation is for.
type opKind uint8

const (
	booting     opKind = iota // the first start of all children
	restarting                // a crash or a retry, with the strategy's group
	parking                   // a crash that no budget is left for, with the group; stops only
	adding                    // StartChild, StartInstance
	reviving                  // RestartChild
	terminating               // TerminateChild
	resuming                  // ResumeChild
	changing                  // Change
	closing                   // the last one: all children are stopped
)

// operation is what the supervisor is doing: first some children are stopped,
// one after the other, then some are started, one after the other. Every
// kind is such a pair of lists. Only the instances of a SimpleOneForOne are
// stopped at once.
type operation struct {
	kind    opKind
	tag     tag    // of the request, for the kinds that somebody asked for
	subject *child // restarting, parking, resuming: whoever the group is stopped for
	stops   []*child
	starts  []*child
	delay   time.Duration   // restarting: the starts come later, when it is over
	drops   map[*child]bool // changing: those of the stopped that are forgotten

	starting *child   // its start is under way
	stopping int      // how many stops are
	started  life     // adding, reviving: the new life
	stopped  []string // changing: those that were, by id
	errs     []error
}

// asked reports whether somebody waits for an answer.
func (op *operation) asked() bool {
	switch op.kind {
	case adding, reviving, terminating, resuming, changing:
		return true
	case booting, restarting, parking, closing:
	}
	return false
}

// proceed takes the operation one step further; false: it waits.
func (m *machine) proceed() bool {
	op := m.op
	switch {
	case op.starting != nil:
		return false
	case op.stopping > 0 && !m.together(op):
		return false
	case m.ending != nil && op.kind != closing && (op.kind == booting || len(op.stops)+len(op.starts) > 0):
		m.giveUp(op)
	case len(op.stops) > 0:
		c := op.stops[0]
		op.stops = op.stops[1:]
		m.stop(c)
	case op.stopping > 0:
		return false
	case len(op.starts) > 0:
		c := op.starts[0]
		op.starts = op.starts[1:]
		if m.inTurn(op, c) {
			m.await(op, c)
			return true
		}
		m.start(c)
	default:
		m.op = nil
		m.finish(op)
	}
	return true
}

// together reports whether the stops of op do not wait for one another (OTP:
// terminate_dynamic_children/1).
func (m *machine) together(op *operation) bool { return m.template != nil && op.kind == closing }

// giveUp drops what is left of op, because the supervisor is to end.
func (m *machine) giveUp(op *operation) {
	m.op = nil
	if op.asked() {
		m.reply(op.tag, reply{err: errNoSupervisor})
	}
}

// finish is called when both lists are done.
func (m *machine) finish(op *operation) {
	switch op.kind {
	case booting:
		m.report(report{kind: EventUp})
		m.do(acUp{})
	case adding, reviving, terminating, resuming, changing:
		m.reply(op.tag, reply{life: op.started, err: joined(op.errs), stopped: op.stopped})
	case closing:
		m.close()
		return
	case restarting:
		if op.delay > 0 && m.ending == nil {
			m.delay(op.subject, true, op.delay)
		}
	case parking:
	}
	m.releaseStranded()
}

// joined is errors.Join, but leaves a single error as it is.
func joined(errs []error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// releaseStranded lets go of the callers of children that are down with their
// group when nothing is left that would start them: the retry was canceled.
// Under rest_for_one a restart starts nobody before it.
func (m *machine) releaseStranded() {
	if m.strategy == OneForOne || m.strategy == SimpleOneForOne {
		return // nobody goes down with another, and who is down was released
	}
	var down []*child
	for c := range m.children.all() {
		switch {
		case c.unsettled() && m.strategy == OneForAll:
			return
		case c.unsettled():
			m.releaseAll(down)
			return
		case c.state == Stopped && c.held:
			down = append(down, c)
		}
	}
	m.releaseAll(down)
}

func (m *machine) releaseAll(down []*child) {
	for _, c := range down {
		m.release(c)
	}
}

// lastOperation stops all children in reverse order.
func (m *machine) lastOperation() *operation {
	return &operation{kind: closing, stops: slices.Collect(m.children.backward())}
}

// close ends, and answers who still waits.
func (m *machine) close() {
	m.do(acOver{m.ending.reason})
	for _, ev := range m.queue {
		if r, ok := ev.(evRequest); ok {
			m.reply(r.tag, reply{err: errUnserved})
		}
	}
	m.queue, m.over = nil, true
	m.report(report{kind: EventEnded, err: m.ending.reason})
}
