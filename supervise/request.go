package supervise

import "slices"

// Counts is the answer of CountChildren.
type Counts struct {
	Specs       int // children that are known
	Active      int // of them, those that run
	Supervisors int // of all, those whose type is SupervisorChild
	Workers     int // of all, the others
}

// reply answers a request.
func (m *machine) reply(t tag, r reply) { m.do(acReply{tag: t, reply: r}) }

// serve handles a request when it is its turn (OTP: handle_call/3).
func (m *machine) serve(t tag, req request) {
	switch req := req.(type) {
	case reqStart:
		m.serveStart(t, req.spec)
	case reqTerminate:
		m.serveTerminate(t, req.id)
	case reqRestart:
		m.serveRestart(t, req.id)
	case reqDelete:
		m.serveDelete(t, req.id)
	case reqWhich:
		m.reply(t, reply{which: m.which()})
	case reqCount:
		m.reply(t, reply{count: m.count()})
	}
}

// serveStart: the spec has been checked; a known id comes next.
func (m *machine) serveStart(t tag, spec ChildSpec) {
	if c := m.find(spec.ID); c != nil {
		if c.state == Running {
			m.reply(t, reply{err: ErrAlreadyStarted, life: c.life})
			return
		}
		m.reply(t, reply{err: ErrAlreadyPresent})
		return
	}
	m.op = &operation{kind: adding, tag: t, starts: []*child{m.add(spec)}}
}

// serveTerminate succeeds also when there is no process, and then cancels the
// retry of a failed restart.
func (m *machine) serveTerminate(t tag, id string) {
	c := m.find(id)
	if c == nil {
		m.reply(t, reply{err: ErrNotFound})
		return
	}
	m.op = &operation{kind: terminating, tag: t, stops: []*child{c}}
}

func (m *machine) serveRestart(t tag, id string) {
	c, err := m.idle(id)
	if err != nil {
		m.reply(t, reply{err: err})
		return
	}
	m.op = &operation{kind: reviving, tag: t, starts: []*child{c}}
}

func (m *machine) serveDelete(t tag, id string) {
	c, err := m.idle(id)
	if err == nil {
		m.forget(c)
	}
	m.reply(t, reply{err: err})
}

// idle finds a child that must have no process.
func (m *machine) idle(id string) (*child, error) {
	c := m.find(id)
	switch {
	case c == nil:
		return nil, ErrNotFound
	case c.state == Running:
		return nil, ErrRunning
	case c.state == Restarting:
		return nil, ErrRestarting
	}
	return c, nil
}

// which lists the children, the newest first.
func (m *machine) which() []childState {
	list := make([]childState, 0, len(m.children))
	for _, c := range slices.Backward(m.children) {
		list = append(list, childState{spec: c.spec, state: c.state, life: c.life})
	}
	return list
}

// count counts; a child whose exit is still queued does not run (OTP:
// count_child/2 asks is_process_alive).
func (m *machine) count() Counts {
	n := Counts{Specs: len(m.children)}
	for _, c := range m.children {
		if c.state == Running && !m.exitQueued(c.life) {
			n.Active++
		}
		if c.spec.Type == SupervisorChild {
			n.Supervisors++
		} else {
			n.Workers++
		}
	}
	return n
}

func (m *machine) exitQueued(l life) bool {
	return slices.ContainsFunc(m.queue, func(ev event) bool {
		ex, ok := ev.(evExited)
		return ok && ex.life == l
	})
}
