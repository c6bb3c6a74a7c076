package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/supervise"
)

// ParseTrace reads a trace as JSON lines.
func ParseTrace(data []byte) (Trace, error) {
	var trace Trace
	for text := range bytes.Lines(data) {
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		var line supervise.TraceLine
		if err := json.Unmarshal(text, &line); err != nil {
			return nil, fmt.Errorf("line %d of the trace: %w", len(trace)+1, err)
		}
		trace = append(trace, line)
	}
	return trace, nil
}

// DiffError says that two traces differ.
type DiffError struct {
	Line      int      // of both, from 1
	Before    []string // some lines that are the same in both
	Want, Got []string // some lines from there on
	WantMore  int      // lines that Want leaves out
	GotMore   int
}

// Error shows both, from a little before the first difference.
func (e *DiffError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "another trace, from line %d on\n", e.Line)
	for _, l := range e.Before {
		b.WriteString("   " + l + "\n")
	}
	side := func(sign string, lines []string, more int) {
		for _, l := range lines {
			b.WriteString(" " + sign + " " + l + "\n")
		}
		if more > 0 {
			fmt.Fprintf(&b, " %s and %d more\n", sign, more)
		}
	}
	side("-", e.Want, e.WantMore)
	side("+", e.Got, e.GotMore)
	return b.String()
}

// Lines that a DiffError shows.
const (
	shownBefore = 4
	shownAfter  = 8
)

// Compare holds got against want. Lines of unordered traces are sorted within
// each step before. The error is a *[DiffError].
func Compare(want, got Trace, unordered bool) error {
	w, g := canonical(want, unordered), canonical(got, unordered)
	n := 0
	for n < len(w) && n < len(g) && w[n] == g[n] {
		n++
	}
	if n == len(w) && n == len(g) {
		return nil
	}
	e := &DiffError{Line: n + 1, Before: w[max(0, n-shownBefore):n]}
	e.Want, e.WantMore = head(w[n:])
	e.Got, e.GotMore = head(g[n:])
	return e
}

func head(lines []string) ([]string, int) {
	n := min(len(lines), shownAfter)
	return lines[:n], len(lines) - n
}

// canonical is the trace as text, sorted if the order does not count.
func canonical(trace Trace, unordered bool) []string {
	lines := make([]string, 0, len(trace))
	from := 0
	sort := func() {
		if unordered {
			slices.Sort(lines[from:])
		}
	}
	for _, l := range trace {
		if l.Kind == supervise.TraceStep {
			sort()
			lines = append(lines, l.String())
			from = len(lines)
			continue
		}
		lines = append(lines, l.String())
	}
	sort()
	return lines
}
