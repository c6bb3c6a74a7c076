package record_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proctor-dev/proctor/internal/record"
)

var update = flag.Bool("update", false, "write the table of docs/logs.md anew")

const (
	page        = "../../docs/logs.md"
	tableBegins = "<!-- records:begin -->\n"
	tableEnds   = "<!-- records:end -->\n"
)

// sections says which kind begins one.
func sections() map[record.Kind]string {
	return map[record.Kind]string{
		record.ActorPanicked: "Actors",
		record.ChildUp:       "Supervisors",
		record.WorkerLine:    "Workers and pools",
		record.ProgramLine:   "Plain programs and commands",
		record.Unguarded:     "The guardian",
	}
}

// table is docs/logs.md's.
func table() string {
	var b strings.Builder
	for i, row := range record.Rows() {
		if title := sections()[record.Kind(i+1)]; title != "" { //nolint:gosec // a few dozen
			fmt.Fprintf(&b, "\n### %s\n\n| level | message | attributes | when |\n| --- | --- | --- | --- |\n", title)
		}
		fmt.Fprintf(&b, "| %v | %s | %s | %s |\n", row.Level, row.Message, keys(row.Attrs), row.When)
	}
	return b.String() + "\n"
}

// keys shows those that are always there before the others.
func keys(attrs string) string {
	var always, sometimes []string
	for key := range strings.FieldsSeq(attrs) {
		if name, optional := strings.CutSuffix(key, "?"); optional {
			sometimes = append(sometimes, "`"+name+"`")
		} else {
			always = append(always, "`"+key+"`")
		}
	}
	text := strings.Join(always, " ")
	if len(sometimes) > 0 {
		text += " (" + strings.Join(sometimes, " ") + ")"
	}
	return strings.TrimSpace(text)
}

func TestLogsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), tableBegins)
	require.True(t, ok)
	shown, after, ok := strings.Cut(rest, tableEnds)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(before+tableBegins+table()+tableEnds+after), 0o600))
		return
	}
	assert.Equal(t, table(), shown, "go test ./internal/record -update")
	explained := before + after
	for _, row := range record.Rows() {
		for key := range strings.FieldsSeq(row.Attrs) {
			assert.Contains(t, explained, "`"+strings.TrimSuffix(key, "?")+"`", "the page says what the key means")
		}
	}
}

// TestRecordsAreThoseOfTheTable: each kind is logged by somebody, and nobody
// logs what is none, or makes an attribute of his own.
func TestRecordsAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	files := 0
	for _, room := range []string{"mailbox", "actor", "supervise", "procactor", "internal/backlog", "internal/logrelay"} {
		library(t, filepath.Join("../..", room), func(path string, file *ast.File, at func(ast.Node) string) {
			files++
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && isNamed(s.X, "record") {
					used[s.Sel.Name] = true
				}
				if wrong := ownRecord(path, n); wrong != "" {
					t.Errorf("%s: %s", at(n), wrong)
				}
				return true
			})
		})
	}
	require.Greater(t, files, 100, "the library was found")
	kinds := kindNames(t)
	require.Len(t, kinds, len(record.Rows()), "each kind has a row")
	for _, name := range kinds {
		assert.True(t, used[name], "nobody logs a record.%s", name)
	}
}

// library calls see with each file of a room that is neither a test nor a kit of
// tests.
func library(t *testing.T, dir string, see func(path string, file *ast.File, at func(ast.Node) string)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "testdata" || name == "targettest" || name == "procactortest" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		see(filepath.ToSlash(path), file, func(n ast.Node) string { return set.Position(n.Pos()).String() })
		return nil
	}))
}

// ownRecord says that a node logs by a logger, or makes an attribute.
func ownRecord(path string, n ast.Node) string {
	if strings.Contains(path, "internal/logrelay/") {
		return "" // it hands records on, and its own is of the table: its test sees it
	}
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	switch s.Sel.Name {
	case "Debug", "Info", "Warn", "DebugContext", "InfoContext", "WarnContext", "ErrorContext", "LogAttrs":
		if len(call.Args) > 0 {
			return s.Sel.Name + ": log by a record.Kind"
		}
	case "Handle": // that of an object of Windows has one argument
		if len(call.Args) > 1 {
			return "Handle: log by a record.Kind"
		}
	case "Error": // an error's has no arguments
		if len(call.Args) > 0 {
			return "Error: log by a record.Kind"
		}
	case "Log": // that of a Logger begins with a context and a level
		if len(call.Args) > 1 && isLevel(call.Args[1]) {
			return "Log: log by a record.Kind"
		}
	case "String", "Int", "Int64", "Uint64", "Float64", "Bool", "Time", "Duration", "Any", "Group":
		if isNamed(s.X, "slog") && !strings.HasSuffix(path, "actor/down.go") { // Down is a value, and not in a record of ours
			return "slog." + s.Sel.Name + ": internal/record makes the attributes"
		}
	}
	return ""
}

func isNamed(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

func isLevel(x ast.Expr) bool {
	s, ok := x.(*ast.SelectorExpr)
	return isNamed(x, "level") || ok && isNamed(s.X, "slog") && strings.HasPrefix(s.Sel.Name, "Level")
}

// kindNames are the names of the constants.
func kindNames(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "kinds.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			names = append(names, v.Names[0].Name)
		}
		return true
	})
	return names
}

// exiting is a value given to panic whose method ends its goroutine.
type exiting struct{}

func (exiting) Error() string { runtime.Goexit(); return "" }

// Whatever was given to panic becomes text, so that the stack beside it is logged.
func TestPanicIsText(t *testing.T) {
	for want, value := range map[string]any{
		"boom": "boom",
		"EOF":  io.EOF,
		"a record_test.exiting whose methods panic or end their goroutine": exiting{},
	} {
		assert.Equal(t, want, record.Panic(value).Value.Resolve().String())
	}
}
