package output

import (
	"io"
	"time"
)

// Source is the output of one child, over all of its lives.
type Source struct{ out, err *lines }

// Source returns where the child writes, the same one each time.
func (b *Board) Source(child string) *Source {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.sources[child]
	if s == nil {
		s = &Source{
			out: &lines{board: b, child: child, stream: Stdout},
			err: &lines{board: b, child: child, stream: Stderr},
		}
		b.sources[child] = s
	}
	return s
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
		s.out.flush()
		s.err.flush()
	}()
	late := time.NewTimer(flushBound)
	defer late.Stop()
	select {
	case <-printed:
	case <-late.C:
	}
}
