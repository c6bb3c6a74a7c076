package poison

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
)

// Kind is one way for an input to be poison. It is the name that the report
// shows.
type Kind string

// The kinds.
const (
	DeepNesting   Kind = "deep nesting"         // overflows the stack of the real parser: fatal
	ConcurrentMap Kind = "concurrent map write" // the runtime ends the program: fatal
	Endless       Kind = "endless loop"         // never answers, never looks at its context
)

// Kinds lists all kinds, in the order in which they are shown.
func Kinds() []Kind { return []Kind{DeepNesting, ConcurrentMap, Endless} }

// EndsByItself reports whether a program that meets k ends, sooner or later,
// without being killed.
func (k Kind) EndsByItself() bool { return k == DeepNesting || k == ConcurrentMap }

// nesting is how many parentheses the deep file nests. Below 100,000 the
// parser itself has no objection.
const nesting = 30_000

// Content is the Go file of that kind, the same bytes each time; nil for a
// Kind that is none of [Kinds].
func (k Kind) Content() []byte {
	switch k {
	case DeepNesting:
		return bytes.Join([][]byte{
			[]byte("package poison\n\nvar deep = "),
			bytes.Repeat([]byte("("), nesting), []byte("1"), bytes.Repeat([]byte(")"), nesting),
			[]byte("\n"),
		}, nil)
	case ConcurrentMap:
		return marked(analyze.RaceMark)
	case Endless:
		return marked(analyze.HangMark)
	default:
		return nil
	}
}

func marked(mark string) []byte {
	return []byte(mark + "\n\npackage poison\n\nfunc f(a, b int) int { return a + b }\n")
}

// File is the name of k's file.
func (k Kind) File() string {
	return strings.ReplaceAll(string(k), " ", "_") + ".go"
}

// Write makes the file of k in the folder dir and returns the request for it.
func (k Kind) Write(dir string) (analyze.Request, error) {
	if err := os.WriteFile(filepath.Join(dir, k.File()), k.Content(), 0o600); err != nil {
		return analyze.Request{}, fmt.Errorf("write poison: %w", err)
	}
	return analyze.Request{Src: dir, Path: k.File()}, nil
}
