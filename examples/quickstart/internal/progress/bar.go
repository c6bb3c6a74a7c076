// Package progress shows on a terminal how far a run is, in one line that is
// drawn over.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// width of the bar itself, in characters.
const width = 30

// Bar is one run's line. A nil Bar draws nothing, so that callers need not
// ask whether there is a terminal. One goroutine uses it at a time.
type Bar struct {
	out         io.Writer
	title       string
	done, total int
}

// New begins a line on file for a run of total steps; nil when file is no
// terminal.
func New(file *os.File, title string, total int) *Bar {
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return begin(file, title, total)
}

func begin(out io.Writer, title string, total int) *Bar {
	b := &Bar{out: out, title: title, total: total}
	b.draw()
	return b
}

// Step is one step done.
func (b *Bar) Step() {
	if b == nil {
		return
	}
	before := b.percent()
	b.done = min(b.done+1, b.total)
	// At most a hundred times in a run, so that drawing costs nothing.
	if b.percent() != before {
		b.draw()
	}
}

// Close wipes the line.
func (b *Bar) Close() {
	if b != nil {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}

func (b *Bar) percent() int {
	if b.total == 0 {
		return 100
	}
	return b.done * 100 / b.total
}

func (b *Bar) draw() {
	full := b.percent() * width / 100
	fmt.Fprintf(b.out, "\r%-24s [%s%s] %3d%%", b.title,
		strings.Repeat("=", full), strings.Repeat(" ", width-full), b.percent())
}
