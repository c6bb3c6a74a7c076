package output

import (
	"bytes"
	"iter"
	"time"

	"github.com/proctor-dev/proctor/internal/backlog"
)

// Notes is a writer for the tree's own log, whose lines must not wait for
// anybody: a supervisor writes them. Beyond a bound they are dropped, and how
// many is told.
type Notes struct {
	queue *backlog.Backlog[[]byte]
}

// notesWindow is how many lines may wait.
const notesWindow = 4096

// Notes returns a writer of whole lines that are printed between those of the
// children, on stderr, as proctor's own.
func (b *Board) Notes(name string) *Notes {
	b.Names([]string{name})
	to := printing{b.stderr, name}
	return &Notes{backlog.New(notesWindow, func(lines iter.Seq[[]byte], lost int) {
		for line := range lines {
			_, _ = to.Write(line)
		}
		if lost > 0 {
			_, _ = to.Write([]byte("lines of this log were lost, since nobody took them\n"))
		}
	})}
}

// printing is a writer of whole lines by a printer.
type printing struct {
	p    *printer
	name string
}

func (w printing) Write(line []byte) (int, error) {
	text := string(line)
	if n := len(text); n > 0 && text[n-1] == '\n' {
		text = text[:n-1]
	}
	if w.p.json { // it is JSON of its own
		w.p.mu.Lock()
		defer w.p.mu.Unlock()
		return w.p.to.Write(CleanJSON(line))
	}
	w.p.print(time.Now(), w.name, text)
	return len(line), nil
}

// Write takes a line; it neither waits nor fails.
func (n *Notes) Write(line []byte) (int, error) {
	n.queue.Add(bytes.Clone(line), 1, 1)
	return len(line), nil
}

// Drain waits until all is written, or limit is closed.
func (n *Notes) Drain(limit <-chan struct{}) { n.queue.Drain(limit) }
