// Package diary notes what happens in a test, in order.
package diary

import (
	"strings"
	"sync"
)

// Diary is the list of what was noted; the zero Diary is empty. Its methods may
// be called from any goroutine.
type Diary struct {
	mu    sync.Mutex
	lines []string
}

// Note adds what happened.
func (d *Diary) Note(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, s)
}

// Take returns what was noted since the last time, with ", " between.
func (d *Diary) Take() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := strings.Join(d.lines, ", ")
	d.lines = nil
	return s
}
