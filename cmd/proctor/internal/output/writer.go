package output

import (
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Source is the output of one child, over all of its lives.
type Source struct {
	board    *Board
	child    string
	out, err *lines

	mu   sync.Mutex          // protects the following
	open map[*lines]struct{} // those that have a part of a line
}

// Source returns where the child writes, the same one each time.
func (b *Board) Source(child string) *Source {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.sources[child]
	if s == nil {
		s = &Source{board: b, child: child, open: make(map[*lines]struct{})}
		s.out, s.err = s.lines(Stdout), s.lines(Stderr)
		b.sources[child] = s
	}
	return s
}

func (s *Source) lines(stream string) *lines {
	return &lines{board: s.board, source: s, child: s.child, stream: stream}
}

// Process returns writers for one process of the child: a line that another one,
// before it or beside it, has not ended is none of its own.
func (s *Source) Process() (stdout, stderr io.Writer) { return s.lines(Stdout), s.lines(Stderr) }

// note keeps whoever has a part of a line, for Flush.
func (s *Source) note(l *lines, part bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if part {
		s.open[l] = struct{}{}
	} else {
		delete(s.open, l)
	}
}

// Stdout returns the writer of that stream.
func (s *Source) Stdout() io.Writer { return s.out }

// Stderr returns the writer of that stream.
func (s *Source) Stderr() io.Writer { return s.err }

// flushBound is how long a flush waits for what it prints on.
const flushBound = time.Second

// Flush takes what is there of lines whose end has not come, and never will. It
// waits for a writer that does not take them, but not for long.
func (s *Source) Flush() {
	printed := make(chan struct{})
	go func() {
		defer close(printed)
		s.mu.Lock()
		open := slices.Collect(maps.Keys(s.open))
		s.mu.Unlock()
		slices.SortFunc(open, func(a, b *lines) int { return strings.Compare(b.stream, a.stream) }) // stdout first
		for _, l := range open {
			l.flush()
		}
	}()
	late := time.NewTimer(flushBound)
	defer late.Stop()
	select {
	case <-printed:
	case <-late.C:
	}
}
