package table

import (
	"bytes"
	"fmt"
	"text/tabwriter"
)

// top is how many functions a ranking of the summary has.
const top = 10

// Summary is the part of the table that a reader looks at: the totals, both
// rankings, and the files that do not parse.
func (t Table) Summary() []byte {
	var out bytes.Buffer
	sum := t.Totals()
	fmt.Fprintf(&out, "%d files, %d functions, %d lines\n", sum.Files, sum.Functions, sum.Lines)
	ranking(&out, "longest functions", "lines", t.Longest(top))
	ranking(&out, "most complex functions", "complexity", t.MostComplex(top))
	if broken := t.Broken(); len(broken) > 0 {
		fmt.Fprintf(&out, "\ndo not parse (%d, not in the table)\n", len(broken))
		for _, file := range broken {
			fmt.Fprintf(&out, "  %s\n", file.Error())
		}
	}
	return out.Bytes()
}

// Bytes is the whole table: the summary and one row for each function of each
// file. Equal bytes mean that two runs measured everything alike.
func (t Table) Bytes() []byte {
	out := bytes.NewBuffer(t.Summary())
	for _, file := range t.inOrder() {
		fmt.Fprintf(out, "\n%q\t%d\n", file.Path, file.Lines)
		for _, fn := range file.Functions {
			fmt.Fprintf(out, "\t%s\t%d\t%d\t%d\n", fn.Name, fn.Line, fn.Lines, fn.Complexity)
		}
	}
	return out.Bytes()
}

func ranking(out *bytes.Buffer, title, unit string, entries []Entry) {
	fmt.Fprintf(out, "\n%s\n", title)
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(columns, "  %s\tname\tfile\n", unit)
	for _, e := range entries {
		fmt.Fprintf(columns, "  %d\t%s\t%s:%d\n", e.Value, e.Name, e.File, e.Line)
	}
	columns.Flush() //nolint:errcheck // a bytes.Buffer takes everything
}
