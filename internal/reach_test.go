package internal_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// typedPackage is a package of this module with what its names mean, on Linux.
type typedPackage struct {
	pkg   *types.Package
	info  *types.Info
	fset  *token.FileSet
	decls map[types.Object]ast.Node // functions, and the values of variables
}

// reached is what some functions of a package come to, through all functions of
// the package that they call or hand on.
type reached struct {
	*typedPackage
	outside map[string]string     // functions, methods and variables of other packages, such as "time.Now", and where
	impure  []string              // goroutines, channels and changed variables of the package, and where
	seen    map[types.Object]bool // what of the package was read
	todo    []types.Object
}

// reach walks from the functions, such as "f" or "T.m". What is behind an
// interface of other packages, and behind a function that somebody gave, it
// cannot see; a method of an interface of this package is each of that name.
func (p *typedPackage) reach(t *testing.T, from ...string) *reached {
	t.Helper()
	r := &reached{typedPackage: p, outside: map[string]string{}, seen: map[types.Object]bool{}}
	for _, name := range from {
		r.visit(p.find(t, name))
	}
	for len(r.todo) > 0 {
		of := r.todo[0]
		r.todo = r.todo[1:]
		r.read(p.decls[of])
	}
	return r
}

// typed parses and checks the package in dir.
func typed(t *testing.T, dir string) *typedPackage {
	t.Helper()
	p := &typedPackage{
		fset: token.NewFileSet(), decls: map[types.Object]ast.Node{},
		info: &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}},
	}
	path := filepath.Join(root(t), dir)
	env := []string{"GOOS=linux", "CGO_ENABLED=0"}
	var files []*ast.File
	for _, name := range strings.Fields(string(goCommand(t, path, env, "list", "-f", `{{range .GoFiles}}{{.}} {{end}}`, "."))) {
		file, err := parser.ParseFile(p.fset, filepath.Join(path, name), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	compiled := map[string]string{}
	for line := range strings.Lines(string(goCommand(t, path, env, "list", "-export", "-deps", "-f", `{{.ImportPath}} {{.Export}}`, "."))) {
		of, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		compiled[of] = file
	}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(compiled[path]) }
	config := types.Config{Importer: importer.ForCompiler(p.fset, "gc", lookup)}
	var err error
	p.pkg, err = config.Check(module+"/"+dir, p.fset, files, p.info)
	require.NoError(t, err)
	for _, file := range files {
		for _, decl := range file.Decls {
			p.declare(decl)
		}
	}
	return p
}

// declare notes what the functions and variables of the package are.
func (p *typedPackage) declare(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		p.decls[p.info.Defs[decl.Name]] = decl
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			if values, ok := spec.(*ast.ValueSpec); ok {
				for _, name := range values.Names {
					p.decls[p.info.Defs[name]] = values
				}
			}
		}
	}
}

// find is the function or method of that name.
func (p *typedPackage) find(t *testing.T, name string) types.Object {
	t.Helper()
	of, method, isMethod := strings.Cut(name, ".")
	object := p.pkg.Scope().Lookup(of)
	require.NotNil(t, object, "%s has no %s", p.pkg.Path(), of)
	if isMethod {
		object, _, _ = types.LookupFieldOrMethod(object.Type(), true, p.pkg, method)
		require.NotNil(t, object, "%s has no %s", p.pkg.Path(), name)
	}
	require.Contains(t, p.decls, object, name)
	return object
}

// visit has what the object is declared as read, once.
func (r *reached) visit(object types.Object) {
	if f, ok := object.(*types.Func); ok {
		object = f.Origin()
	}
	if r.decls[object] != nil && !r.seen[object] {
		r.seen[object] = true
		r.todo = append(r.todo, object)
	}
}

// read notes what is used in a declaration.
func (r *reached) read(decl ast.Node) {
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			r.use(n)
		case *ast.CallExpr:
			r.format(n)
		case *ast.GoStmt:
			r.note(n, "starts a goroutine")
		case *ast.SelectStmt, *ast.SendStmt:
			r.note(n, "uses a channel")
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				r.note(n, "uses a channel")
			}
		case *ast.RangeStmt:
			if _, ok := r.typeOf(n.X).(*types.Chan); ok {
				r.note(n, "uses a channel")
			}
		case *ast.AssignStmt:
			for _, to := range n.Lhs {
				r.assign(to)
			}
		case *ast.IncDecStmt:
			r.assign(n.X)
		}
		return true
	})
}

// use notes an object, and has what it is read later.
func (r *reached) use(name *ast.Ident) {
	switch object := r.info.Uses[name].(type) {
	case *types.Func, *types.Var:
		v, isVar := object.(*types.Var)
		switch {
		case isVar && (v.IsField() || object.Parent() != object.Pkg().Scope()): // a field, or local
		case object.Pkg() == nil: // Error of the type error
		case object.Pkg() != r.pkg:
			r.outside[object.Pkg().Path()+"."+nameOf(object)] = r.fset.Position(name.Pos()).String()
		case r.decls[object] != nil || isVar:
			r.visit(object)
		default:
			r.visitAll(object.Name()) // of an interface, or of a type with parameters
		}
	case *types.Builtin:
		if object.Name() == "print" || object.Name() == "println" || object.Name() == "close" {
			r.note(name, object.Name())
		}
	}
}

// visitAll visits the methods of that name of all types of the package.
func (r *reached) visitAll(name string) {
	for object := range r.decls {
		if f, ok := object.(*types.Func); ok && f.Name() == name && f.Signature().Recv() != nil {
			r.visit(object)
		}
	}
}

// format visits the methods by which fmt asks a value of the package for its text.
func (r *reached) format(call *ast.CallExpr) {
	of, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || r.info.Uses[of.Sel] == nil || r.info.Uses[of.Sel].Pkg() == nil || r.info.Uses[of.Sel].Pkg().Path() != "fmt" {
		return
	}
	for _, arg := range call.Args {
		for _, name := range []string{"Error", "String", "Format", "GoString"} {
			if method, _, _ := types.LookupFieldOrMethod(r.info.Types[arg].Type, true, r.pkg, name); method != nil {
				r.visit(method)
			}
		}
	}
}

// assign notes a change of a variable of a package.
func (r *reached) assign(to ast.Expr) {
	for {
		switch e := to.(type) {
		case *ast.SelectorExpr:
			if v, ok := r.info.Uses[e.Sel].(*types.Var); ok && !v.IsField() {
				r.note(e, "changes "+nameOf(v))
				return
			}
			to = e.X
		case *ast.IndexExpr:
			to = e.X
		case *ast.StarExpr:
			to = e.X
		case *ast.ParenExpr:
			to = e.X
		case *ast.Ident:
			if v, ok := r.info.Uses[e].(*types.Var); ok && v.Parent() == r.pkg.Scope() {
				r.note(e, "changes "+v.Name())
			}
			return
		default:
			return
		}
	}
}

func (r *reached) note(at ast.Node, what string) {
	r.impure = append(r.impure, r.fset.Position(at.Pos()).String()+" "+what)
}

func (r *reached) typeOf(e ast.Expr) types.Type {
	if of := r.info.Types[e].Type; of != nil {
		return of.Underlying()
	}
	return nil
}

// nameOf is the object's name, behind that of its type if it is a method.
func nameOf(object types.Object) string {
	f, ok := object.(*types.Func)
	if !ok || f.Signature().Recv() == nil {
		return object.Name()
	}
	of := f.Signature().Recv().Type()
	if p, ok := of.(*types.Pointer); ok {
		of = p.Elem()
	}
	if named, ok := of.(*types.Named); ok {
		return named.Obj().Name() + "." + f.Name()
	}
	return f.Name()
}
