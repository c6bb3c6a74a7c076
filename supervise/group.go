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
	starts := slices.DeleteFunc(slices.Clone(group), func(c *child) bool { return c.spec.Restart == Temporary })
	return &operation{kind: restarting, stops: stops, starts: starts}
}

// group returns who is restarted with c, in order.
func (m *machine) group(c *child) []*child {
	switch m.strategy {
	case OneForAll:
		return m.children
	case RestForOne:
		return m.children[slices.Index(m.children, c):]
	case OneForOne:
	}
	return []*child{c}
}
