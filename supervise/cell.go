package supervise

import (
	"sync"

	"github.com/proctor-dev/proctor/actor"
)

// cell is what outlives a supervisor's incarnations: those who ask it while
// none runs wait here for the next.
type cell struct {
	mu      sync.Mutex    // protects the following
	next    *incarnation  // to be live
	run     *incarnation  // live; nil when held or gone
	gone    bool          // nobody will come
	changed chan struct{} // closed when one of them has changed
}

func newCell() *cell { return &cell{changed: make(chan struct{})} }

// prepare sets the incarnation that the next Live is about.
func (c *cell) prepare(i *incarnation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = i
}

// Live implements [actor.Cell].
func (c *cell) Live(*actor.Life) { c.set(func() { c.run = c.next }) }

// Held implements [actor.Cell].
func (c *cell) Held() { c.set(func() { c.run = nil }) }

// Gone implements [actor.Cell].
func (c *cell) Gone(error) { c.set(func() { c.run, c.gone = nil, true }) }

func (c *cell) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	close(c.changed)
	c.changed = make(chan struct{})
}

// look returns the live incarnation, or nil and what to wait for.
func (c *cell) look() (run *incarnation, gone bool, changed <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.run, c.gone, c.changed
}

var _ actor.Cell = (*cell)(nil)
