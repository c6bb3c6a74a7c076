package table

import (
	"cmp"
	"slices"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
)

// Entry is one function of a ranking.
type Entry struct {
	File  string `json:"file"`  // relative to the tree's root, with slashes
	Name  string `json:"name"`  // the identifier alone
	Value int    `json:"value"` // lines, or complexity
	Line  int    `json:"-"`     // where it is declared
}

// Longest lists the at most n functions of the most lines, longest first. A
// tie goes to the first file in byte order, then to the first position.
func (t Table) Longest(n int) []Entry {
	return t.rank(n, func(fn analyze.Function) int { return fn.Lines })
}

// MostComplex is as [Table.Longest], by complexity.
func (t Table) MostComplex(n int) []Entry {
	return t.rank(n, func(fn analyze.Function) int { return fn.Complexity })
}

func (t Table) rank(n int, value func(analyze.Function) int) []Entry {
	var entries []Entry
	for _, file := range t.inOrder() {
		for _, fn := range file.Functions {
			entries = append(entries, Entry{File: file.Path, Name: fn.Name, Value: value(fn), Line: fn.Line})
		}
	}
	// Files and positions are in order already, and a stable sort keeps it
	// among equals. Two functions of one line share a Line, so sorting by it
	// would not do.
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(b.Value, a.Value) })
	return entries[:min(n, len(entries))]
}
