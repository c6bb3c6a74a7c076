package supervise

import (
	"fmt"
	"slices"
)

// ChildState says whether a child has a process.
type ChildState uint8

// The states that WhichChildren tells.
const (
	// Stopped: no process; it ended for good, was terminated, ignored, or is
	// down with its group (OTP: undefined).
	Stopped ChildState = iota
	// Running: it has a process.
	Running
	// Restarting: its restart failed and is about to be tried again.
	Restarting
)

// String returns OTP's name.
func (s ChildState) String() string {
	switch s {
	case Stopped:
		return "undefined"
	case Running:
		return "running"
	case Restarting:
		return "restarting"
	}
	return fmt.Sprintf("ChildState(%d)", uint8(s))
}

// child is what a machine knows of one child.
type child struct {
	spec    ChildSpec // with its Shutdown filled in
	state   ChildState
	life    life  // begun or running; 0 in the other states
	failure error // Restarting: why the last start failed
	// held: its cell waits for the next life, so callers queue there.
	held bool
}

// find returns the child of that id, nil if there is none.
func (m *machine) find(id string) *child {
	if i := slices.IndexFunc(m.children, func(c *child) bool { return c.spec.ID == id }); i >= 0 {
		return m.children[i]
	}
	return nil
}

// findLife returns the child that lives that life, nil if it was replaced or
// is unknown.
func (m *machine) findLife(l life) *child {
	if i := slices.IndexFunc(m.children, func(c *child) bool { return c.life == l && l != 0 }); i >= 0 {
		return m.children[i]
	}
	return nil
}

// down leaves c without a process for good, or until somebody asks; a
// temporary child is forgotten (OTP: del_child/2).
func (m *machine) down(c *child) {
	m.wait(c)
	m.release(c)
	if c.spec.Restart == Temporary {
		m.forget(c)
	}
}

// wait leaves c without a process while its next life is due.
func (m *machine) wait(c *child) {
	c.state, c.life, c.failure = Stopped, 0, nil
}

// release says that callers need not wait for c.
func (m *machine) release(c *child) {
	if c.held {
		c.held = false
		m.do(acRelease{c.spec.ID})
	}
}

// forget drops the spec.
func (m *machine) forget(c *child) {
	m.release(c)
	m.children = slices.DeleteFunc(m.children, func(other *child) bool { return other == c })
}
