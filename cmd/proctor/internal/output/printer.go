package output

import (
	"encoding/json"
	"io"
	"sync"
	"time"
	"unicode/utf8"
)

// printer writes lines with a prefix, each by one Write.
type printer struct {
	to       io.Writer
	color    bool
	json     bool
	times    bool // before each line
	prefixes *prefixes
	lost     func(error) // told when lines begin to be lost; nil: nobody is

	mu     sync.Mutex // held while a line is written
	losing bool       // the last line could not be written
}

// write writes a line. A failure is told once, until a line gets through again.
func (p *printer) write(line []byte) {
	p.mu.Lock()
	_, err := p.to.Write(line)
	tell := err != nil && !p.losing && p.lost != nil
	p.losing = err != nil
	p.mu.Unlock()
	if tell {
		p.lost(err)
	}
}

// put prints a line of a child.
func (p *printer) put(l Line) {
	if !p.json {
		p.print(l.At, l.Child, marked(l))
		return
	}
	line, err := json.Marshal(l)
	if err != nil {
		return // a Line has nothing that JSON has not
	}
	p.write(append(CleanJSON(line), '\n'))
}

// marked is the text of a line with a mark where it is not whole.
func marked(l Line) string {
	text := l.Text
	if l.Continues {
		text = ellipsis + text
	}
	if l.Cut {
		text += ellipsis
	}
	return text
}

const ellipsis = "…"

// timeForm is how times are printed: to the millisecond, and always as long.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

func (p *printer) print(at time.Time, child, text string) {
	prefix, color := p.prefixes.of(Clean(child, false))
	text = Clean(text, p.color)
	line := make([]byte, 0, len(timeForm)+len(prefix)+len(text)+16)
	if p.times {
		line = append(at.AppendFormat(line, timeForm), ' ')
	}
	if p.color {
		line = append(append(append(line, color...), prefix...), reset...)
	} else {
		line = append(line, prefix...)
	}
	line = append(append(line, text...), '\n')
	p.write(line)
}

const reset = "\x1b[0m"

// palette are colors that can be read on black and on white.
func palette() []string {
	return []string{"\x1b[36m", "\x1b[33m", "\x1b[32m", "\x1b[35m", "\x1b[34m", "\x1b[31m", "\x1b[96m", "\x1b[93m", "\x1b[92m", "\x1b[95m"}
}

// widest is how long names are aligned for.
const widest = 24

// prefixes gives each child its color, and all the same width.
type prefixes struct {
	mu    sync.Mutex // protects the following
	width int
	index map[string]int
}

func (p *prefixes) expect(children []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range children {
		p.know(c)
	}
}

// know gives a child its place; with p.mu held.
func (p *prefixes) know(child string) int {
	at, ok := p.index[child]
	if !ok {
		if p.index == nil || len(p.index) >= keptChildren { // instances come and go
			p.index = make(map[string]int)
		}
		at = len(p.index)
		p.index[child] = at
		p.width = max(p.width, min(utf8.RuneCountInString(child), widest))
	}
	return at
}

// of returns the prefix and the color of a child's lines.
func (p *prefixes) of(child string) (prefix, color string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.know(child)
	b := []byte(child)
	for n := utf8.RuneCountInString(child); n < p.width; n++ {
		b = append(b, ' ')
	}
	all := palette()
	return string(append(b, " | "...)), all[at%len(all)]
}
