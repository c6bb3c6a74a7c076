package output

import (
	"bytes"
	"io"
	"strings"
	"sync"
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

// lines makes lines of what is written.
type lines struct {
	board         *Board
	child, stream string

	mu   sync.Mutex // protects part
	part []byte
}

// Write never fails; it waits as long as the printer does.
func (l *lines) Write(p []byte) (int, error) {
	for _, text := range l.cut(p) {
		l.emit(text)
	}
	return len(p), nil
}

// cut returns the lines that p ends. Of a line that gets too long it returns
// what is there.
func (l *lines) cut(p []byte) (whole []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(p) > 0 {
		line, rest, ended := bytes.Cut(p, []byte("\n"))
		n := min(len(line), longest-len(l.part))
		l.part = append(l.part, line[:n]...)
		if n < len(line) {
			whole = append(whole, l.take())
			p = p[n:]
			continue
		}
		if !ended {
			break
		}
		whole = append(whole, l.take())
		p = rest
	}
	return whole
}

func (l *lines) take() string {
	text := strings.ToValidUTF8(string(bytes.TrimRight(l.part, "\r")), "\uFFFD")
	l.part = l.part[:0]
	return text
}

func (l *lines) flush() {
	l.mu.Lock()
	text := ""
	if len(l.part) > 0 {
		text = l.take()
	}
	l.part = nil
	l.mu.Unlock()
	if text != "" {
		l.emit(text)
	}
}

func (l *lines) emit(text string) {
	l.board.add(Line{At: time.Now(), Child: l.child, Stream: l.stream, Text: text})
}
