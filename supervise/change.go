package supervise

import (
	"context"
	"maps"
	"slices"
)

// serveChange makes the supervisor one of another spec (OTP has this as
// code_change/3, but for the restarts). Whoever is not in it is stopped and
// forgotten, but for the guests, whom somebody gave by StartChild; whoever is named
// is started, again or for the first time, with its group as the strategy says;
// all others go on, under what the spec says now, or stay away: a temporary
// child that is gone does not come back by itself.
func (m *machine) serveChange(t tag, req reqChange) error {
	if (m.template != nil) != (req.policy.Strategy == SimpleOneForOne) {
		return errOtherKind
	}
	req = m.nameNew(req)
	m.follow(req.policy)
	op := &operation{kind: changing, tag: t}
	if m.template != nil {
		m.changeTemplate(op, req)
	} else {
		m.changeChildren(op, req)
	}
	m.op = op
	return nil
}

// nameNew names those that the spec so far has not, beside those that somebody
// named: whoever is named is started. One that it had and that is gone, because
// somebody deleted it or because it was temporary, is not new. That is seen when
// it is the turn of the change: what was refused, or taken back, has named
// nobody.
func (m *machine) nameNew(req reqChange) reqChange {
	for _, s := range req.specs {
		if !m.specs[s.ID] && m.children.ids[s.ID] == nil {
			req.changed = append(req.changed, s.ID)
		}
	}
	m.specs = idsOf(req.specs)
	return req
}

func idsOf(specs []ChildSpec) map[string]bool {
	ids := make(map[string]bool, len(specs))
	for _, s := range specs {
		ids[s.ID] = true
	}
	return ids
}

// changeChildren fills op with the stops, in the order so far, and the starts,
// in that of the spec.
func (m *machine) changeChildren(op *operation, req reqChange) {
	wanted := make(map[string]bool, len(req.specs))
	for _, s := range req.specs {
		wanted[s.ID] = true
	}
	affected, gone, guests := m.affected(req.changed), []*child(nil), []*child(nil)
	for c := range m.children.backward() {
		id := c.spec.ID
		if affected[id] || !wanted[id] && !c.guest {
			op.stops = append(op.stops, c)
		}
		switch {
		case wanted[id]:
			c.guest = false
		case c.guest:
			guests = append(guests, c)
		default:
			gone = append(gone, c)
		}
	}
	order := make([]*child, 0, len(req.specs))
	for _, s := range req.specs {
		c := m.children.ids[s.ID]
		switch {
		case c != nil:
			m.specify(c, s)
		case affected[s.ID]:
			c = m.add(s)
		default:
			continue
		}
		order = append(order, c)
		if affected[s.ID] {
			op.starts = append(op.starts, c)
		} else if c.state == Running {
			m.dropStart(c)
		}
	}
	op.drop(gone)
	for _, c := range slices.Backward(guests) {
		order = append(order, c)
		if affected[c.spec.ID] && c.spec.Restart != Temporary {
			op.starts = append(op.starts, c)
		}
	}
	slices.Reverse(gone)
	m.children.reorder(append(order, gone...)) // until they are gone
	m.startStranded(op)
}

// startStranded has those started, too, that are down with a group whose
// restart does not come any more: the one that it waits for is started now or
// is dropped, or another strategy takes others with it.
func (m *machine) startStranded(op *operation) {
	starting, touched := setOf(op.starts), setOf(op.stops)
	comes := func(c *child) bool { return c.state == Restarting && !touched[c] }
	covered := m.strategy == OneForAll && slices.ContainsFunc(slices.Collect(m.children.all()), comes)
	op.starts = nil
	for c := range m.children.all() {
		covered = covered || m.strategy == RestForOne && comes(c)
		waits := c.state == Stopped && c.held && !touched[c] && !c.coming()
		if starting[c] || waits && !covered {
			op.starts = append(op.starts, c)
		}
	}
}

// affected are the ids of whoever is started because of those that changed: their
// groups as far as the first whose circuit is open and that nobody named.
func (m *machine) affected(changed []string) map[string]bool {
	named := make(map[string]bool, len(changed))
	for _, id := range changed {
		named[id] = true
	}
	ids := maps.Clone(named)
	for _, id := range changed {
		c := m.children.ids[id]
		if c == nil {
			continue
		}
		for _, o := range m.group(c) {
			if o.open && !named[o.spec.ID] {
				break
			}
			ids[o.spec.ID] = true
		}
	}
	return ids
}

// changeTemplate changes what the next instances are made by. The instances go
// on under it, but for those whose start is their own: that they keep.
func (m *machine) changeTemplate(op *operation, req reqChange) {
	old := *m.template
	template := filled(req.specs[0])
	m.template = &template
	renamed, named := old.ID != template.ID, slices.Contains(req.changed, template.ID)
	var gone []*child
	for c := range m.children.backward() {
		if renamed {
			op.stops, gone = append(op.stops, c), append(gone, c)
			continue
		}
		m.respecify(c, template)
		if !named {
			if c.state == Running {
				m.dropStart(c)
			}
			continue
		}
		op.stops = append(op.stops, c)
		if c.onlyOnce {
			gone = append(gone, c)
		} else {
			op.starts = append(op.starts, c)
		}
	}
	slices.Reverse(op.starts)
	op.drop(gone)
}

// respecify makes c an instance of the template, but for a Start of its own.
func (m *machine) respecify(c *child, template ChildSpec) {
	spec, once := template, c.ownStart && c.onlyOnce
	spec.ID = c.spec.ID
	if c.ownStart {
		spec.Start, spec.spec = c.spec.Start, nil
	}
	m.specify(c, spec)
	c.onlyOnce = once
}

// drop notes who is to be forgotten when it is stopped.
func (op *operation) drop(gone []*child) { op.drops = setOf(gone) }

func setOf(list []*child) map[*child]bool {
	set := make(map[*child]bool, len(list))
	for _, c := range list {
		set[c] = true
	}
	return set
}

// Change makes the running supervisor one of the spec to, but for its Name. Who
// is not in it is stopped, in reverse order, and forgotten; but a child that
// somebody gave by StartChild goes on, behind the others. Then who is named in
// changed and who is new is started, in order. One that is named and runs is
// stopped before, with those that the strategy would restart with it; but who
// is left down by a circuit ([Policy.Circuit]) stays that unless it is named,
// and so does who is behind it. One that is named may be of another kind then,
// and who waits for the one that it was is let go. Whoever is down with a group
// whose restart does not come any more because of the change is started, too.
// All others go on, under the Restart, the Shutdown, the Start and the like
// that the spec has for them now; the order is that of the spec, and restarts
// so far still count. Whoever was in the spec so far and is gone, as a temporary
// child that ended or one that was deleted, does not come back unless it is
// named. Of a SimpleOneForOne the template is changed, and the instances follow
// it, but for the StartFunc of those that came with one of their own. A temporary
// one of those cannot be started again, and when the template is named it is
// stopped and forgotten.
//
// Change is about one level: what is beneath a child that goes on stays as it
// is. It lasts until the supervisor is restarted, which is as its own
// supervisor has it in its spec: so change that as well.
//
// Errors: *[SpecError], also for an id in changed that the spec has not, and
// where a SimpleOneForOne was to become one of the others or the other way
// round; nothing is changed then. *[actor.StartError] for each start that
// failed, joined; such a child stays down, an instance is forgotten, and all else
// is changed. Whoever was stopped and still runs is named by *[actor.CloseError],
// joined, too. See also StartChild: what is being carried out when ctx ends goes
// on.
func (s *Supervisor) Change(ctx context.Context, to Spec, changed ...string) error {
	req, err := newChange(to, changed)
	if err != nil {
		return err
	}
	_, err = s.ask(ctx, req)
	return err
}

// newChange makes the machine's request, if there is nothing wrong with it.
func newChange(to Spec, changed []string) (reqChange, error) {
	if err := to.check(); err != nil {
		return reqChange{}, err
	}
	for _, id := range changed {
		if !slices.ContainsFunc(to.Children, func(c ChildSpec) bool { return c.ID == id }) {
			return reqChange{}, &SpecError{
				Supervisor: to.Name, Child: id, Field: "ID",
				Problem: "is to be restarted, and not in the spec", Hint: "name children of the spec",
			}
		}
	}
	return reqChange{policy: to.Policy, specs: slices.Clone(to.Children), changed: slices.Clone(changed)}, nil
}
