package foreigncode_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// elsewhere are the places of the exported API that take code of the user and
// have no row, and why.
func elsewhere() map[string]string {
	const (
		sealed = "sealed: nobody else implements it"
		cells  = "for those who write another kind of actor: it must not block or panic, as its page says"
		given  = "what the library tells, and takes from nobody"
		looked = "an error that is only looked into, as in the rows about errors"
		kit    = "a kit of tests, whose code runs in the test that gives it"
		fmts   = "called by package fmt"
	)
	return map[string]string{
		"actor.Option": sealed, "actor.NewSystem": sealed, "actor.SpawnOption": sealed, "actor.Spawner": sealed,
		"supervise.Request": sealed, "procactor.MainOption": sealed,
		"actor.Begin": cells, "actor.Cell": cells, "actor.Drainer": cells, "actor.Life.OnKill": cells, "actor.Life.OnStop": cells,
		"actor.NewSlot": cells, "mailbox.NewScheduled": cells, "mailbox.Queue.Prune": cells, "actor.Locate": sealed,
		"actor.Slot.OnSettled": cells, "actor.System.Stopped": cells, "actor.DeadLetter.Request": given, "actor.Life.EndAnswering": cells, "supervise.Recorded": looked,
		"supervise.Simulator.Exit": looked, "supervise.Simulator.Stop": looked,
		"supervise/policy.Fill.Errors":    looked,
		"procactor.DaemonRef.Signal":      "os.Process.Signal refuses what is no signal of the system",
		"procactor.SignalAt":              "likewise",
		"procactor.SignalGroupAt":         "a signal that is none of the system is refused before anything is sent",
		"procactor.Start":                 sealed,
		"procactor.StartCommands":         sealed,
		"procactor.StartDaemon":           sealed,
		"procactor.StartPool":             sealed,
		"supervise.Start":                 sealed,
		"actor/codec.Union":               "its variants are values, of which only the types count",
		"supervise/scenario.Starter":      kit,
		"supervise/scenario.Child.Spec":   kit,
		"supervise/scenario.Step.Plan":    kit,
		"supervise/scenario.Step.Request": kit,

		"supervise/scenario.Supervisor.Spec": kit,
		"supervise/policy.Command.Format":    fmts, "supervise/policy.Ready.Format": fmts,
		"actor.MayRetry": looked, "actor.NewPanicError": looked, "procactor.HostLife.End": looked,
		"procactor/wire.NewReader": "it reads on the goroutine that calls it",
		"":                         given,
	}
}

// The table has every function and interface that the exported API takes, and
// names nothing that is not there.
func TestTableIsComplete(t *testing.T) {
	named := map[string]bool{}
	for _, r := range rows() {
		for name := range strings.FieldsSeq(r.names) {
			named[name] = true
		}
	}
	all := taken(t)
	for name := range all {
		_, excused := elsewhere()[name]
		assert.NotEqual(t, excused, named[name], "%s takes code of the user: it belongs into a row of the table, or is excused", name)
	}
	declared := exported(t)
	for name := range named {
		assert.True(t, declared[name], "the table names %s, which there is not", name)
	}
	for name := range elsewhere() {
		assert.True(t, name == "" || declared[name], "%s is excused, and is not there", name)
	}
	require.Greater(t, len(all), 50, "the search has lost the sources")
}

// packages are those whose API users call in their programs.
func packages() []string {
	return []string{
		"mailbox", "actor", "actor/codec", "supervise", "supervise/policy", "supervise/policy/commands", "supervise/scenario", "procactor", "procactor/wire",
	}
}

// parsed is the package, without its tests.
func parsed(t *testing.T, dir string) []*ast.File {
	t.Helper()
	var files []*ast.File
	names, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	require.NotEmpty(t, files, "%v", fs.ErrNotExist)
	return files
}

// codeTypes are the names of types that are code: functions and interfaces, as
// a file of the package dir may name them.
func codeTypes(t *testing.T) map[string]bool {
	t.Helper()
	is := map[string]bool{
		"error": true, "any": true, "io.Reader": true, "io.Writer": true, "io.ReadWriteCloser": true, "iter.Seq": true, "iter.Seq2": true,
		"os.Signal": true, "slog.Handler": true, "fmt.State": true, "slog.Logger": true,
	}
	for _, dir := range packages() {
		for _, file := range parsed(t, dir) {
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.TypeSpec)
				if !ok || !spec.Name.IsExported() {
					return true
				}
				switch spec.Type.(type) {
				case *ast.FuncType, *ast.InterfaceType:
					is[dir+" "+spec.Name.Name] = true
					is[path.Base(dir)+"."+spec.Name.Name] = true
				}
				return true
			})
		}
	}
	return is
}

// taken are the names of the exported API that take code.
func taken(t *testing.T) map[string]bool {
	t.Helper()
	is := codeTypes(t)
	all := map[string]bool{}
	for _, dir := range packages() {
		// isCode reports whether a value of the type is code, or holds some.
		var isCode func(e ast.Expr) bool
		isCode = func(e ast.Expr) bool {
			switch e := e.(type) {
			case *ast.FuncType, *ast.InterfaceType:
				return true
			case *ast.Ident:
				return is[e.Name] || is[dir+" "+e.Name]
			case *ast.SelectorExpr:
				of, ok := e.X.(*ast.Ident)
				return ok && is[of.Name+"."+e.Sel.Name]
			case *ast.IndexExpr:
				return isCode(e.X)
			case *ast.IndexListExpr:
				return isCode(e.X)
			case *ast.ArrayType:
				return isCode(e.Elt)
			case *ast.Ellipsis:
				return isCode(e.Elt)
			case *ast.MapType:
				return isCode(e.Value)
			case *ast.StarExpr:
				return isCode(e.X)
			}
			return false
		}
		visit(parsed(t, dir), dir, func(name string, parts []ast.Expr, declares bool) {
			if declares || slices.ContainsFunc(parts, isCode) {
				all[name] = true
			}
		})
	}
	maps.DeleteFunc(all, func(name string, _ bool) bool { return isResult(name) })
	return all
}

// isResult reports whether the name is a field of what the library tells, which
// it makes itself.
func isResult(name string) bool {
	if strings.HasSuffix(name, ".Is") && name != "supervise.Match.Is" { // that asks for an error, as the rows about errors say
		return true
	}
	part := strings.Split(name, ".")
	if len(part) != 3 {
		return false
	}
	switch field := part[2]; field {
	case "Err", "Reason", "Value", "Why", "Type", "Signal":
		return name != "procactor.DaemonRef.Signal"
	}
	return false
}

// exported are all names that the table may have.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, dir := range packages() {
		visit(parsed(t, dir), dir, func(name string, _ []ast.Expr, _ bool) { all[name] = true })
	}
	return all
}

// visit calls do for each exported function, method and field, with the types
// of what it takes; declares says that it is the type of code itself.
func visit(files []*ast.File, dir string, do func(name string, parts []ast.Expr, declares bool)) {
	for _, file := range files {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if name, ok := nameOf(d); ok {
					var parts []ast.Expr
					for _, p := range d.Type.Params.List {
						parts = append(parts, p.Type)
					}
					do(dir+"."+name, parts, false)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() {
						visitType(s, dir+"."+s.Name.Name, do)
					}
				}
			}
		}
	}
}

func visitType(s *ast.TypeSpec, name string, do func(name string, parts []ast.Expr, declares bool)) {
	switch of := s.Type.(type) {
	case *ast.FuncType, *ast.InterfaceType:
		do(name, nil, true)
	case *ast.StructType:
		do(name, nil, false)
		for _, f := range of.Fields.List {
			for _, n := range f.Names {
				if n.IsExported() {
					do(name+"."+n.Name, []ast.Expr{f.Type}, false)
				}
			}
		}
	default:
		do(name, nil, false)
	}
}

// nameOf is the name of a function, with that of its receiver; false when one of
// them is not exported.
func nameOf(d *ast.FuncDecl) (string, bool) {
	if !d.Name.IsExported() {
		return "", false
	}
	if d.Recv == nil {
		return d.Name.Name, true
	}
	of := d.Recv.List[0].Type
	for {
		switch e := of.(type) {
		case *ast.StarExpr:
			of = e.X
			continue
		case *ast.IndexExpr:
			of = e.X
			continue
		case *ast.IndexListExpr:
			of = e.X
			continue
		case *ast.Ident:
			return e.Name + "." + d.Name.Name, e.IsExported()
		}
		return "", false
	}
}
