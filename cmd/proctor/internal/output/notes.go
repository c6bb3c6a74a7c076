package output

import (
	"io"
	"sync"
)

// Notes is a writer for the tree's own log, whose lines must not wait for
// anybody: a supervisor writes them. Beyond a bound they are dropped, and how
// many is told.
type Notes struct {
	to io.Writer

	mu      sync.Mutex // protects the following
	queue   [][]byte
	lost    int
	writing bool
	idle    chan struct{} // closed when nothing is left to be written
}

// notesWindow is how many lines may wait.
const notesWindow = 4096

// Notes returns a writer of whole lines that are printed between those of the
// children, on stderr, as proctor's own.
func (b *Board) Notes(name string) *Notes {
	b.Names([]string{name})
	return &Notes{to: printing{b.stderr, name}}
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
		return w.p.to.Write(line)
	}
	w.p.print(w.name, text)
	return len(line), nil
}

// Write takes a line; it neither waits nor fails.
func (n *Notes) Write(line []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.queue) >= notesWindow {
		n.lost++
		return len(line), nil
	}
	n.queue = append(n.queue, append([]byte(nil), line...))
	if !n.writing {
		n.writing, n.idle = true, make(chan struct{})
		go n.write()
	}
	return len(line), nil
}

func (n *Notes) write() {
	for {
		n.mu.Lock()
		queue, lost := n.queue, n.lost
		if len(queue) == 0 && lost == 0 {
			n.writing = false
			close(n.idle)
			n.mu.Unlock()
			return
		}
		n.queue, n.lost = nil, 0
		n.mu.Unlock()
		for _, line := range queue {
			_, _ = n.to.Write(line)
		}
		if lost > 0 {
			_, _ = n.to.Write([]byte("lines of this log were lost, since nobody took them\n"))
		}
	}
}

// Drain waits until all is written, or limit is closed.
func (n *Notes) Drain(limit <-chan struct{}) {
	n.mu.Lock()
	idle, writing := n.idle, n.writing
	n.mu.Unlock()
	if !writing {
		return
	}
	select {
	case <-idle:
	case <-limit:
	}
}
