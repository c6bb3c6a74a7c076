package supervise

import "slices"

// reply answers a request.
func (m *machine) reply(t tag, r reply) { m.do(acReply{tag: t, reply: r}) }

// cancel takes a request back that still waits.
func (m *machine) cancel(t tag) {
	i := slices.IndexFunc(m.queue, func(ev event) bool {
		r, ok := ev.(evRequest)
		return ok && r.tag == t
	})
	if i < 0 {
		return
	}
	m.queue = slices.Delete(m.queue, i, i+1)
	m.reply(t, reply{err: errTakenBack})
}

// serve handles a request when it is its turn (OTP: handle_call/3).
func (m *machine) serve(t tag, req request) {
	var err error
	switch req := req.(type) {
	case reqStart:
		err = m.serveStart(t, req.spec)
	case reqInstance:
		err = m.serveInstance(t, req.start)
	case reqTerminate:
		err = m.serveTerminate(t, req.id)
	case reqRestart:
		err = m.serveRestart(t, req.id)
	case reqDelete:
		err = m.serveDelete(t, req.id)
	case reqResume:
		err = m.serveResume(t, req.id)
	case reqChange:
		err = m.serveChange(t, req)
	case reqWhich:
		m.reply(t, reply{which: m.which()})
	case reqChild:
		err = m.serveChild(t, req.id)
	case reqSpec:
		err = m.serveSpec(t, req.id)
	case reqCount:
		m.reply(t, reply{count: m.count()})
	}
	if err != nil {
		m.reply(t, reply{err: err})
	}
}

// serveStart: a mistake in the spec comes first, a known id next.
func (m *machine) serveStart(t tag, spec ChildSpec) error {
	if m.template != nil {
		return ErrSimpleOneForOne
	}
	if err := spec.check(m.auto); err != nil {
		return err
	}
	if c := m.children.ids[spec.ID]; c != nil {
		if c.state == Running {
			m.reply(t, reply{err: ErrAlreadyStarted, life: c.life})
			return nil
		}
		return ErrAlreadyPresent
	}
	c := m.add(spec)
	c.guest = true
	m.op = &operation{kind: adding, tag: t, starts: []*child{c}}
	return nil
}

// serveTerminate succeeds also when there is no process, and then cancels the
// retry of a failed restart.
func (m *machine) serveTerminate(t tag, id string) error {
	c := m.children.ids[id]
	if c == nil {
		if m.template != nil {
			return m.formerInstance(t, id)
		}
		return ErrNotFound
	}
	m.op = &operation{kind: terminating, tag: t, stops: []*child{c}}
	return nil
}

func (m *machine) serveRestart(t tag, id string) error {
	c, err := m.idle(id)
	if err != nil {
		return err
	}
	m.op = &operation{kind: reviving, tag: t, starts: []*child{c}}
	return nil
}

func (m *machine) serveDelete(t tag, id string) error {
	c, err := m.idle(id)
	if err != nil {
		return err
	}
	m.forget(c)
	m.reply(t, reply{})
	return nil
}

// serveResume starts a child whose circuit is open, and its group with it.
func (m *machine) serveResume(t tag, id string) error {
	c := m.children.ids[id]
	switch {
	case c == nil:
		return ErrNotFound
	case !c.open:
		return ErrNotOpen
	}
	m.report(report{kind: EventCircuitClosed, id: id})
	c.open, c.streak, c.own.deaths = false, 0, nil
	m.op = &operation{kind: resuming, tag: t, subject: c}
	for _, o := range startable(c, m.group(c)) {
		if o.state == Stopped && !o.aside {
			m.op.starts = append(m.op.starts, o)
		}
	}
	return nil
}

// idle finds a child that must have no process.
func (m *machine) idle(id string) (*child, error) {
	if m.template != nil {
		return nil, ErrSimpleOneForOne
	}
	c := m.children.ids[id]
	switch {
	case c == nil:
		return nil, ErrNotFound
	case c.state == Running:
		return nil, ErrRunning
	case c.shown() == Restarting:
		return nil, ErrRestarting
	}
	return c, nil
}

// which lists the children, the newest first; but instances by their number.
func (m *machine) which() []childState {
	walk := m.children.backward()
	if m.template != nil {
		walk = m.children.all()
	}
	list := make([]childState, 0, m.children.len())
	for c := range walk {
		list = append(list, childState{spec: c.spec, state: c.shown(), life: c.lived()})
	}
	return list
}

// serveChild tells of one child (OTP: which_child/2).
func (m *machine) serveChild(t tag, id string) error {
	c := m.children.ids[id]
	switch {
	case c != nil:
		m.reply(t, reply{which: []childState{{spec: c.spec, state: c.shown(), life: c.lived()}}})
		return nil
	case m.template != nil && id == m.template.ID:
		return ErrSimpleOneForOne
	}
	return ErrNotFound
}

// serveSpec tells the spec of a child, or that of the template (OTP:
// get_childspec/2).
func (m *machine) serveSpec(t tag, id string) error {
	c := m.children.ids[id]
	switch {
	case c != nil:
		m.reply(t, reply{spec: c.spec})
		return nil
	case m.template != nil && id == m.template.ID:
		m.reply(t, reply{spec: *m.template})
		return nil
	}
	return ErrNotFound
}

// count counts; a child whose exit is still queued does not run (OTP:
// count_child/2 asks is_process_alive).
func (m *machine) count() Counts {
	n := Counts{Specs: m.children.len()}
	for c := range m.children.all() {
		if c.state == Running && (c.exit == nil || m.template != nil) {
			n.Active++
		}
		if c.spec.Type == SupervisorChild {
			n.Supervisors++
		} else {
			n.Workers++
		}
	}
	if m.template != nil {
		n.Specs = 1
	}
	return n
}
