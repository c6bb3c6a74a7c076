package supervise

import "slices"

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
