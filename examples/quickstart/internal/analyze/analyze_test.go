package analyze

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestComplexity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body string
		want int
	}{
		{"empty", ``, 1},
		{"if", `if a {}`, 2},
		{"if else", `if a {} else {}`, 2},
		{"if else if", `if a {} else if b {}`, 3},
		{"for", `for {}`, 2},
		{"for with three parts", `for i := 0; i < 9; i++ {}`, 2},
		{"range", `for range s {}`, 2},
		{"switch of default alone", `switch a { default: }`, 1},
		{"switch of two and default", `switch a { case 1: case 2: default: }`, 3},
		{"case with three values is one", `switch a { case 1, 2, 3: }`, 2},
		{"type switch", `switch a.(type) { case int: case string: default: }`, 3},
		{"select of default alone", `select { default: }`, 1},
		{"select of receive, send and default", `select { case <-a: case b <- 1: default: }`, 3},
		{"and", `_ = a && b`, 2},
		{"or", `_ = a || b`, 2},
		{"and and or", `if a && b || c {}`, 4},
		{"bit operators do not count", `_ = a & b | c`, 1},
		{"goto and labels do not count", `L: goto L`, 1},
		{"function literal inside", `f := func() { if a {} }; f()`, 2},
		{"literal in a literal", `func() { func() { for {} }(); _ = a || b }()`, 3},
		{"deferred and go", `defer func() { if a {} }(); go func() { for {} }()`, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := analyze("f.go", []byte("package p\nfunc f() {\n"+tt.body+"\n}\n"))
			require.NoError(t, err)
			require.Len(t, got.Functions, 1)
			assert.Equal(t, tt.want, got.Functions[0].Complexity)
		})
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		src  string
		want []Function
	}{
		{"none", "package p\n", nil},
		{"one line", "package p\nfunc f() {}\n", []Function{{"f", 2, 1, 1}}},
		{"many lines", "package p\n\nfunc f(\n\ta int,\n) {\n\n}\n", []Function{{"f", 3, 5, 1}}},
		{"the doc comment is outside", "package p\n// f is\n// a function\nfunc f() {\n}\n", []Function{{"f", 4, 2, 1}}},
		{"a method's name has no receiver", "package p\nfunc (t *T[K]) Get() {}\n", []Function{{"Get", 2, 1, 1}}},
		{"without body", "package p\nfunc f(a int) int\n", []Function{{"f", 2, 1, 1}}},
		{"without body, to the end of its declaration", "package p\nfunc f(\n\ta int,\n) (\n\tb int,\n)\n", []Function{{"f", 2, 5, 1}}},
		{"blank and init, more than once", "package p\nfunc _() {}\nfunc init() {}\nfunc init() {}\n", []Function{{"_", 2, 1, 1}, {"init", 3, 1, 1}, {"init", 4, 1, 1}}},
		{"a literal in a variable is no declaration", "package p\nvar f = func() { if a {} }\n", nil},
		{"an interface's method is no declaration", "package p\ntype I interface{ M() }\n", nil},
		{"line directive", "package p\n//line other.go:100\nfunc f() {\n//line x.y:7\n}\n", []Function{{"f", 3, 3, 1}}},
		{"line directive in a comment", "package p\nfunc f() { /*line o.go:900:1*/ }\nfunc g() {\n}\n", []Function{{"f", 2, 1, 1}, {"g", 3, 2, 1}}},
		{"carriage returns", "package p\r\nfunc f() {\r\n}\r\n", []Function{{"f", 2, 2, 1}}},
		{"raw string", "package p\nfunc f() {\n_ = `\n\n`\n}\n", []Function{{"f", 2, 5, 1}}},
		{"no newline at the end", "package p\nfunc f()", []Function{{"f", 2, 1, 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := analyze("f.go", []byte(tt.src))
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Functions)
		})
	}
}

func TestLinesAreNewlines(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{
		"package p":                  0,
		"package p\n":                1,
		"package p\n\n\n":            3,
		"package p\n//line a.go:9\n": 2,
	} {
		got, err := analyze("f.go", []byte(src))
		require.NoError(t, err)
		assert.Equal(t, want, got.Lines, "%q", src)
	}
}

func TestParseError(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		src          string
		line, column int
	}{
		{"empty", "", 1, 1},
		{"no package", "func f() {}\n", 1, 1},
		{"in the third line", "package p\n\nfunc f( {\n", 3, 9},
		{"the line is physical", "package p\n//line other.go:100\nfunc 1() {}\n", 3, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := analyze("dir/f.go", []byte(tt.src))
			var parse *ParseError
			require.ErrorAs(t, err, &parse)
			assert.Equal(t, "dir/f.go", parse.File)
			assert.Equal(t, [2]int{tt.line, tt.column}, [2]int{parse.Line, parse.Column})
			assert.NotEmpty(t, parse.Msg)
			assert.Contains(t, parse.Error(), "dir/f.go:")
		})
	}
}

func TestNewReadsTheFile(t *testing.T) {
	t.Parallel()
	src := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(src, "a", "b"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(src, "a", "b", "c.go"), []byte("package p\nfunc f() {}\n"), 0o600))
	task := New(nil)

	got, err := task(t.Context(), Request{Src: src, Path: "a/b/c.go"})
	require.NoError(t, err)
	assert.Equal(t, Result{Path: "a/b/c.go", Lines: 2, Functions: []Function{{"f", 2, 1, 1}}}, got)

	_, err = task(t.Context(), Request{Src: src, Path: "a/none.go"})
	var parse *ParseError
	require.ErrorAs(t, err, &parse)
	assert.Equal(t, "a/none.go", parse.File)
	assert.Zero(t, parse.Line)
}

func TestCrashIsForTheFirstAttemptOnly(t *testing.T) {
	t.Parallel()
	src := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(src, "a.go"), []byte("package p\n"), 0o600))
	// That the first attempt does crash is shown by package alone's test,
	// in a process that may die.
	second := New(func(context.Context) int { return 2 })
	_, err := second(t.Context(), Request{Src: src, Path: "a.go", Crash: true})
	assert.NoError(t, err)
}
