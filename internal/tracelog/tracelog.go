// Package tracelog notes what happens in a test, in order.
package tracelog

import (
	"strings"
	"sync"
)

// Log is the list of what was noted; the zero Log is empty. Its methods may
// be called from any goroutine.
type Log struct {
	mu    sync.Mutex
	lines []string
}

// Note adds what happened.
func (l *Log) Note(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, s)
}

// Take returns what was noted since the last time, with ", " between.
func (l *Log) Take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := strings.Join(l.lines, ", ")
	l.lines = nil
	return s
}
