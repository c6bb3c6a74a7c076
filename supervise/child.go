package supervise

import (
	"time"
)

// child is what a machine knows of one child.
type child struct {
	spec       ChildSpec // with its Shutdown filled in
	prev, next *child    // in the roster
	guest      bool      // given by StartChild, and in no specification since
	number     int       // of an instance, from 1
	ownStart   bool      // of an instance: its Start is not the template's
	onlyOnce   bool      // its Start is gone: it runs, and is not to be started again

	state    ChildState
	life     life      // begun or running; 0 in the other states
	exit     *evExited // its exit waits in the queue
	stopping bool      // it was told to stop, and its exit is awaited
	killed   bool      // it was told so by force
	failure  error     // Restarting: why the last start failed
	charged  bool      // Restarting: the restart has taken from the budget already
	wait     wait      // Restarting: the delay that it waits out, 0 for none
	open     bool      // its circuit is: only a ResumeChild or a RestartChild starts it
	pending  bool      // rising: it is started when it is its turn
	aside    bool      // its start is under way, and no operation waits for it
	again    bool      // pending, aside: that start is a restart
	changed  bool      // pending: by a change, so that it may be of another kind
	// held: its cell waits for the next life, so callers queue there.
	held bool

	own     budget    // its MaxRestarts
	streak  int       // restarts without a healthy time between
	since   time.Time // up since
	due     time.Time // when the wait is over
	restart int       // how often it was restarted, in all
	lastErr error     // why it ended last, or failed to start
	lastAt  time.Time // when that was
}

// down leaves c without a process for good, or until somebody asks. A
// temporary child and an instance are forgotten (OTP: del_child/2).
func (m *machine) down(c *child) {
	m.vacate(c)
	m.release(c)
	if c.spec.Restart == Temporary || m.template != nil {
		m.children.remove(c)
	}
}

// vacate leaves c without a process while its next life is due.
func (m *machine) vacate(c *child) {
	c.state, c.exit, c.stopping, c.killed = Stopped, nil, false, false
	c.failure, c.charged, c.wait = nil, false, 0
	c.pending, c.aside, c.again, c.changed = false, false, false, false
	m.children.lived(c, 0)
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
	m.children.remove(c)
}

// failed notes why c has no process.
func (m *machine) failed(c *child, err error) { c.lastErr, c.lastAt = err, m.now }
