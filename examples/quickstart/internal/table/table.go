package table

import (
	"slices"
	"strings"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
)

// Table is what a run found. The zero value is a table of no files. Which
// order the files came in does not matter: every reader of a Table sorts
// first.
type Table struct {
	files  []analyze.Result
	broken []analyze.ParseError
}

// Fold adds one file that was measured. It uses t up, as append does with its
// first argument.
func Fold(t Table, file analyze.Result) Table {
	t.files = append(t.files, file)
	return t
}

// FoldBroken adds one file that does not parse: it is listed, and counts
// nowhere. It uses t up as [Fold] does.
func FoldBroken(t Table, file analyze.ParseError) Table {
	t.broken = append(t.broken, file)
	return t
}

// Totals are the sums over all files that parse.
type Totals struct {
	Files     int
	Functions int
	Lines     int // newlines
}

// Totals sums t up.
func (t Table) Totals() Totals {
	sum := Totals{Files: len(t.files)}
	for _, file := range t.files {
		sum.Functions += len(file.Functions)
		sum.Lines += file.Lines
	}
	return sum
}

// Broken lists the files that do not parse, in byte order.
func (t Table) Broken() []analyze.ParseError {
	broken := slices.Clone(t.broken)
	slices.SortFunc(broken, func(a, b analyze.ParseError) int {
		return strings.Compare(a.File, b.File)
	})
	return broken
}

// inOrder lists the measured files in byte order.
func (t Table) inOrder() []analyze.Result {
	files := slices.Clone(t.files)
	slices.SortFunc(files, func(a, b analyze.Result) int {
		return strings.Compare(a.Path, b.Path)
	})
	return files
}
