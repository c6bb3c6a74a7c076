package supervise

import "slices"

// opKind says what an operation is for.
type opKind uint8

const (
	booting     opKind = iota // the first start of all children
	restarting                // a crash or a retry, with the strategy's group
	adding                    // StartChild
	reviving                  // RestartChild
	terminating               // TerminateChild
	closing                   // the last one: all children are stopped
)

// operation is what the supervisor is doing: first some children are stopped,
// one after the other, then some are started, one after the other. Every
// kind is such a pair of lists.
type operation struct {
	kind   opKind
	tag    tag // of the request, for adding, reviving and terminating
	stops  []*child
	starts []*child

	awaited  *child // its start or stop is under way
	stopping bool   // which of the two
	killed   bool   // the awaited stop is a kill by now
	started  life   // adding, reviving: the new life
	err      error  // adding, reviving: why there is none
}

// proceed takes the operation one step further; false: it waits.
func (m *machine) proceed() bool {
	op := m.op
	switch {
	case op.awaited != nil:
		return false
	case m.ending != nil && op.kind != closing && (op.kind == booting || len(op.stops)+len(op.starts) > 0):
		m.op = nil // given up; one with a caller to answer has one child, and so never comes here
	case len(op.stops) > 0:
		c := op.stops[0]
		op.stops = op.stops[1:]
		m.stop(c)
	case len(op.starts) > 0:
		c := op.starts[0]
		op.starts = op.starts[1:]
		m.start(c)
	default:
		m.op = nil
		m.finish(op)
	}
	return true
}

// finish is called when both lists are done.
func (m *machine) finish(op *operation) {
	switch op.kind {
	case booting:
		m.do(acUp{})
	case adding, reviving:
		m.reply(op.tag, reply{life: op.started, err: op.err})
	case terminating:
		m.reply(op.tag, reply{})
	case closing:
		m.close()
		return
	case restarting:
	}
	m.releaseStranded()
}

// releaseStranded lets go of the callers of children that are down with their
// group when nothing is left that would start them: the retry was canceled.
func (m *machine) releaseStranded() {
	if slices.ContainsFunc(m.children, func(c *child) bool { return c.state == Restarting }) {
		return
	}
	for _, c := range m.children {
		if c.state == Stopped {
			m.release(c)
		}
	}
}

// lastOperation stops all children in reverse order.
func (m *machine) lastOperation() *operation {
	stops := slices.Clone(m.children)
	slices.Reverse(stops)
	return &operation{kind: closing, stops: stops}
}

// close answers who still waits, and ends.
func (m *machine) close() {
	for _, ev := range m.queue {
		if r, ok := ev.(evRequest); ok {
			m.reply(r.tag, reply{err: errNoSupervisor})
		}
	}
	m.queue, m.over = nil, true
	m.do(acOver{m.ending.reason})
}
