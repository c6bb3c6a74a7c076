package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forbidden are functions that change the whole program. A library leaves
// that to its program.
func forbidden() map[string]bool {
	return map[string]bool{
		"os.Exit":                       true,
		"syscall.Exit":                  true,
		"log.Fatal":                     true,
		"log.Fatalf":                    true,
		"log.Fatalln":                   true,
		"log.SetFlags":                  true,
		"log.SetOutput":                 true,
		"log.SetPrefix":                 true,
		"log/slog.SetDefault":           true,
		"log/slog.SetLogLoggerLevel":    true,
		"os/signal.Ignore":              true,
		"os/signal.Notify":              true,
		"os/signal.NotifyContext":       true,
		"os/signal.Reset":               true,
		"os.Chdir":                      true,
		"os.Clearenv":                   true,
		"os.Setenv":                     true,
		"os.Unsetenv":                   true,
		"runtime.GOMAXPROCS":            true,
		"runtime/debug.SetGCPercent":    true,
		"runtime/debug.SetMaxStack":     true,
		"runtime/debug.SetMaxThreads":   true,
		"runtime/debug.SetMemoryLimit":  true,
		"runtime/debug.SetPanicOnFault": true,
		"runtime/debug.SetTraceback":    true,
		"runtime/debug.SetCrashOutput":  true,
	}
}

// exceptions names each use that is allowed, as file, function and what it
// uses. Those of Main happen only in a process that is a worker: what it is
// there for is to serve and to exit.
func exceptions() map[string]string {
	return map[string]string{
		"procactor/main.go Main os.Exit":                                  "a worker ends in Main",
		"procactor/cliworker.go ctrlC os/signal.Notify":                   "a person runs a task by hand: Ctrl-C cancels it; Main never returns",
		"procactor/main.go Main os.Unsetenv":                              "what a worker starts must not take itself for one",
		"procactor/internal/guardian/guardian.go Run os/signal.Ignore":    "a guardian ends with its parent, and not before",
		"procactor/workerserve.go runWorker runtime/debug.SetCrashOutput": "a worker's panic is reported to its parent",

		"procactor/procactortest/hostile_villain.go exit os.Exit":                         "a villain exits, when it was started as one",
		"procactor/procactortest/hostile_villain_unix.go tricksOfSystem os/signal.Ignore": "and ignores signals",
	}
}

// Guarantee(guest): The library installs no signal handler, changes no global of its program, and never exits it outside of a worker's Main.
func TestLibraryLeavesItsProgramAlone(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	goFiles(t, func(file string, source []byte) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		for _, u := range usesOf(t, file, source, forbidden()) {
			key := file + " " + u.in + " " + u.of
			used[key] = true
			assert.Contains(t, exceptions(), key, "line %d", u.line)
		}
	}, "mailbox", "actor", "supervise", "procactor")
	for key := range exceptions() {
		assert.True(t, used[key], "%s: allowed but no longer used", key)
	}
}

// use is one mention of a forbidden function, called or not.
type use struct {
	in   string // the function declaration it is in; "" outside of any
	of   string
	line int
}

func usesOf(t *testing.T, file string, source []byte, names map[string]bool) []use {
	t.Helper()
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	require.NoError(t, err)
	imported := map[string]string{} // local name to path
	for _, spec := range tree.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		local := path.Base(p)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		require.NotEqual(t, ".", local, "%s: a dot import hides what is used", file)
		imported[local] = p
	}
	var uses []use
	for _, decl := range tree.Decls {
		in := ""
		if f, ok := decl.(*ast.FuncDecl); ok {
			in = f.Name.Name
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			if name := imported[pkg.Name] + "." + sel.Sel.Name; names[name] && !onlyAsks(name, n, decl) {
				uses = append(uses, use{in, name, set.Position(n.Pos()).Line})
			}
			return true
		})
	}
	return uses
}

// onlyAsks reports whether the use is runtime.GOMAXPROCS(0), which changes
// nothing.
func onlyAsks(name string, of ast.Node, in ast.Node) bool {
	if name != "runtime.GOMAXPROCS" {
		return false
	}
	asks := false
	ast.Inspect(in, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && call.Fun == of && len(call.Args) == 1 {
			lit, ok := call.Args[0].(*ast.BasicLit)
			asks = ok && lit.Value == "0"
		}
		return !asks
	})
	return asks
}

func TestUsesOfFindsThem(t *testing.T) {
	t.Parallel()
	const source = `package p
import (
	sig "os/signal"
	"os"
	"runtime"
	"log/slog"
)
var quit = os.Exit
func f() {
	sig.Notify(nil)
	runtime.GOMAXPROCS(0)
	g := func() { runtime.GOMAXPROCS(2) }
	slog.Default()
	g()
}
`
	got := usesOf(t, "p.go", []byte(source), forbidden())
	assert.Equal(t, []use{
		{"", "os.Exit", 8},
		{"f", "os/signal.Notify", 10},
		{"f", "runtime.GOMAXPROCS", 12},
	}, got)
}
