package supervise

import (
	"strings"
	"sync"

	"github.com/proctor-dev/proctor/actor"
)

// cell is what outlives a supervisor's incarnations: those who ask it while
// none runs wait here for the next, and those who watch it are told of all.
type cell struct {
	sys  *actor.System
	path string
	hub  hub
	// numbers are of the instances here and beneath. They are in the cell of the
	// topmost supervisor: whatever is beneath that may be made anew.
	numbers numbers

	mu      sync.Mutex    // protects the following
	next    *incarnation  // to be live
	run     *incarnation  // live; nil when held or gone
	gone    bool          // nobody will come
	changed chan struct{} // closed when one of them has changed
}

func newCell(sys *actor.System, path string) *cell {
	return &cell{sys: sys, path: path, changed: make(chan struct{})}
}

// cellAt finds the supervisor's cell at path, nil if there is none.
func cellAt(sys *actor.System, path string) *cell {
	if sys == nil {
		return nil // of a zero handle
	}
	found, _ := sys.CellAt(path)
	c, _ := found.(*cell)
	return c
}

// above returns the cells of the supervisors above c, the nearest first.
func (c *cell) above() []*cell {
	var all []*cell
	for path := c.path; ; {
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return all
		}
		path = path[:i]
		if up := cellAt(c.sys, path); up != nil {
			all = append(all, up)
		}
	}
}

// prepare sets the incarnation that the next Live is about.
func (c *cell) prepare(i *incarnation) {
	c.set(func() { c.next = i })
}

// Live implements [actor.Cell].
func (c *cell) Live(*actor.Life) { c.set(func() { c.run = c.next }) }

// Held implements [actor.Cell].
func (c *cell) Held() { c.set(func() { c.run, c.next = nil, nil }) }

// Gone implements [actor.Cell].
func (c *cell) Gone(error) {
	idle := false
	c.set(func() {
		idle = c.next == nil
		c.run, c.next, c.gone = nil, nil, true
	})
	if idle { // otherwise it is at its end, which it has yet to tell
		c.hub.close()
	}
}

// told is called when an incarnation has said its last.
func (c *cell) told() {
	if _, gone, _ := c.look(); gone {
		c.hub.close()
	}
}

func (c *cell) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	close(c.changed)
	c.changed = make(chan struct{})
}

// serving returns the incarnation that takes requests: the live one, or one that
// comes up and serves them meanwhile.
func (c *cell) serving() (run *incarnation, gone bool, changed <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == nil && c.next != nil && c.next.serves {
		return c.next, c.gone, c.changed
	}
	return c.run, c.gone, c.changed
}

// look returns the live incarnation, or nil and what to wait for.
func (c *cell) look() (run *incarnation, gone bool, changed <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.run, c.gone, c.changed
}

// booting returns the incarnation that is live or about to be, nil if there
// is none.
func (c *cell) booting() *incarnation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.next
}

var _ actor.Cell = (*cell)(nil)
