package output

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Line is one line of a child's output.
type Line struct {
	At     time.Time `json:"at"`
	Child  string    `json:"child"`  // its path
	Stream string    `json:"stream"` // Stdout or Stderr
	Text   string    `json:"text"`   // without its end
	Lost   int       `json:"lost,omitempty"`
	// Continues says that the text goes on the line before of the child and the
	// stream, which was cut, or shown before its end had come.
	Continues bool `json:"continues,omitempty"`
	// Cut says that the line was too long, and goes on in the next one.
	Cut bool `json:"cut,omitempty"`
}

// The streams.
const (
	Stdout = "stdout"
	Stderr = "stderr"
)

// Limits of what a Board holds.
const (
	keptLines    = 1000      // of each child
	keptBytes    = 256 << 10 // of each child
	keptChildren = 1024      // instances come and go
	longest      = 16 << 10  // a longer line is cut into several
	followWindow = 1024      // lines that a follower may be behind
	lineCost     = 128       // what a line takes beside its text
)

// Board is where all children write. Its methods may be called from any
// goroutine.
type Board struct {
	stdout, stderr *printer

	mu        sync.Mutex // protects the following
	kept      map[string]*ring
	writes    uint64 // counts, so that the child that wrote last is known
	followers map[*Follower]struct{}
	sources   map[string]*Source
}

// New returns a Board that prints on these writers. A writer that does not take
// a line keeps the child waiting that wrote it, and nobody else but those who
// write to the same stream.
func New(stdout, stderr io.Writer, colors Colors) *Board {
	p := &prefixes{}
	errs := &printer{to: stderr, color: colors.Stderr, prefixes: p}
	lost := func(err error) {
		errs.print(time.Now(), "proctor", fmt.Sprintf("what children write on stdout is lost: %v; the last lines of each are kept for proctor logs", err))
	}
	return &Board{
		stdout:    &printer{to: stdout, color: colors.Stdout, prefixes: p, lost: lost},
		stderr:    errs,
		kept:      make(map[string]*ring),
		followers: make(map[*Follower]struct{}),
		sources:   make(map[string]*Source),
	}
}

// Colors says where prefixes are colored.
type Colors struct{ Stdout, Stderr bool }

// AsJSON has lines printed as JSON, all on stdout, and the notes as they are. It
// is called before anything is written.
func (b *Board) AsJSON() { b.stdout.json, b.stderr.json = true, true }

// Times has the time printed before each line. It is called before anything is
// written. In JSON it is there anyway.
func (b *Board) Times() { b.stdout.times, b.stderr.times = true, true }

// Names tells the board who there will be, so that prefixes are of one width
// from the first line on.
func (b *Board) Names(children []string) { b.stdout.prefixes.expect(children) }

// add takes a line.
func (b *Board) add(l Line) {
	b.remember(l)
	to := b.stdout
	if l.Stream == Stderr && !b.stderr.json {
		to = b.stderr
	}
	to.put(l)
}

func (b *Board) remember(l Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writes++
	r := b.kept[l.Child]
	if r == nil {
		if len(b.kept) >= keptChildren {
			b.forgetOldest()
		}
		r = &ring{}
		b.kept[l.Child] = r
	}
	r.last = b.writes
	r.add(l)
	for f := range b.followers {
		f.offer(l)
	}
}

// forgetOldest forgets the child that has been silent for longest; with b.mu
// held.
func (b *Board) forgetOldest() {
	oldest, at := "", b.writes+1
	for name, r := range b.kept {
		if r.last < at {
			oldest, at = name, r.last
		}
	}
	delete(b.kept, oldest)
}

// ring keeps the last lines of one child.
type ring struct {
	lines []Line
	bytes int
	last  uint64
}

func (r *ring) add(l Line) {
	r.lines = append(r.lines, l)
	r.bytes += len(l.Text) + lineCost
	drop := 0
	for len(r.lines)-drop > keptLines || r.bytes > keptBytes {
		r.bytes -= len(r.lines[drop].Text) + lineCost
		r.lines[drop] = Line{}
		drop++
	}
	r.lines = r.lines[drop:]
}
