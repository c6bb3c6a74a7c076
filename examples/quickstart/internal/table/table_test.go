package table

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proctor-dev/proctor/examples/quickstart/internal/analyze"
)

func fold(files ...analyze.Result) Table {
	var t Table
	for _, file := range files {
		t = Fold(t, file)
	}
	return t
}

func TestTiesGoToTheFirstFileThenTheFirstPosition(t *testing.T) {
	t.Parallel()
	late := analyze.Result{Path: "b.go", Functions: []analyze.Function{{Name: "other", Line: 1, Lines: 9, Complexity: 4}}}
	first := analyze.Result{Path: "a/z.go", Functions: []analyze.Function{
		{Name: "short", Line: 2, Lines: 8, Complexity: 1},
		{Name: "one", Line: 9, Lines: 9, Complexity: 4},
		{Name: "two", Line: 9, Lines: 9, Complexity: 4},
	}}
	earlier := analyze.Result{Path: "a-b.go", Functions: []analyze.Function{{Name: "dash", Line: 3, Lines: 9, Complexity: 3}}}
	table := fold(late, first, earlier)

	assert.Equal(t, []Entry{
		{File: "a-b.go", Name: "dash", Value: 9, Line: 3},
		{File: "a/z.go", Name: "one", Value: 9, Line: 9},
		{File: "a/z.go", Name: "two", Value: 9, Line: 9},
		{File: "b.go", Name: "other", Value: 9, Line: 1},
	}, table.Longest(4))
	assert.Equal(t, []Entry{{File: "a/z.go", Name: "one", Value: 4, Line: 9}}, table.MostComplex(1))
	assert.Len(t, table.Longest(100), 5)
}

func TestSummary(t *testing.T) {
	t.Parallel()
	table := fold(
		analyze.Result{Path: "b.go", Lines: 20, Functions: []analyze.Function{{Name: "g", Line: 2, Lines: 12, Complexity: 1}}},
		analyze.Result{Path: "a.go", Lines: 10, Functions: []analyze.Function{{Name: "f", Line: 3, Lines: 5, Complexity: 7}}},
	)
	table = FoldBroken(table, analyze.ParseError{File: "x.go", Line: 1, Column: 2, Msg: "bad"})
	table = FoldBroken(table, analyze.ParseError{File: "d.go", Msg: "no such file"})

	assert.Equal(t, Totals{Files: 2, Functions: 2, Lines: 30}, table.Totals())
	assert.Equal(t, `2 files, 2 functions, 30 lines

longest functions
  lines  name  file
  12     g     b.go:2
  5      f     a.go:3

most complex functions
  complexity  name  file
  7           f     a.go:3
  1           g     b.go:2

do not parse (2, not in the table)
  d.go: no such file
  x.go:1:2: bad
`, string(table.Summary()))
}

func TestZeroTable(t *testing.T) {
	t.Parallel()
	var table Table
	assert.Zero(t, table.Totals())
	assert.Empty(t, table.Longest(1))
	assert.Contains(t, string(table.Bytes()), "0 files")
}

// Guarantee(crash): The quickstart's table does not depend on the order in which the workers answer.
func TestOrderOfTheFoldDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		files := rapid.SliceOfNDistinct(rapid.Custom(drawFile), 0, 8, func(r analyze.Result) string { return r.Path }).Draw(t, "files")
		shuffled := rapid.Permutation(files).Draw(t, "shuffled")
		if got, want := fold(shuffled...).Bytes(), fold(files...).Bytes(); !slices.Equal(got, want) {
			t.Fatalf("in another order:\n%s\nwant:\n%s", got, want)
		}
	})
}

func drawFile(t *rapid.T) analyze.Result {
	return analyze.Result{
		Path:  rapid.StringMatching(`[a-c/\-.]{1,4}\.go`).Draw(t, "path"),
		Lines: rapid.IntRange(0, 3).Draw(t, "lines"),
		Functions: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) analyze.Function {
			return analyze.Function{
				Name:       rapid.SampledFrom([]string{"f", "g"}).Draw(t, "name"),
				Line:       rapid.IntRange(1, 3).Draw(t, "line"),
				Lines:      rapid.IntRange(1, 3).Draw(t, "length"),
				Complexity: rapid.IntRange(1, 3).Draw(t, "complexity"),
			}
		}), 0, 3).Draw(t, "functions"),
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	table := func(complexity int) []byte {
		return fold(
			analyze.Result{Path: "a.go", Lines: 9, Functions: []analyze.Function{{Name: "f", Line: 1, Lines: 9, Complexity: 50}}},
			analyze.Result{Path: "b.go", Lines: 9, Functions: []analyze.Function{{Name: "g", Line: 1, Lines: 9, Complexity: complexity}}},
		).Bytes()
	}
	equal, other := table(2), table(3)
	require.NotEqual(t, equal, other)
	tests := []struct {
		name    string
		a, b, c []byte
		want    bool
	}{
		{"all alike", equal, table(2), table(2), true},
		{"one goroutine differs", other, equal, equal, false},
		{"processes differ", equal, other, equal, false},
		{"processes with faults differ", equal, equal, other, false},
		{"one is cut short", equal, equal, equal[:len(equal)-1], false},
		{"one is missing", equal, equal, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, Same(tt.a, tt.b, tt.c))
		})
	}
}

// A difference that no ranking shows must still make the bytes differ.
func TestBytesHoldEveryFunction(t *testing.T) {
	t.Parallel()
	table := func(smallest int) Table {
		var functions []analyze.Function
		for i := range 2 * top {
			functions = append(functions, analyze.Function{Name: "f", Line: i + 1, Lines: 10, Complexity: 10})
		}
		functions[2*top-1].Complexity = smallest
		return fold(analyze.Result{Path: "a.go", Functions: functions})
	}
	assert.Equal(t, table(1).Summary(), table(2).Summary())
	assert.NotEqual(t, table(1).Bytes(), table(2).Bytes())
}
