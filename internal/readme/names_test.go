package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// named are the packages whose names the pages use, by how code calls them.
func named() map[string]string {
	return map[string]string{
		"actor": "actor", "codec": "actor/codec", "mailbox": "mailbox", "supervise": "supervise",
		"policy": "supervise/policy", "procactor": "procactor", "wire": "procactor/wire", "ready": "procactor/ready",
	}
}

// What a page calls by a name of the code, such as `actor.Ref` or
// `Worker.MaxBody`, is still called so. Entries of decisions.md are not edited,
// so they may name what was.
func TestNamesOfPagesStand(t *testing.T) {
	t.Parallel()
	known := map[string]map[string]bool{}
	for pkg, dir := range named() {
		known[pkg] = namesIn(t, filepath.Join("..", "..", filepath.FromSlash(dir)))
	}
	for _, page := range pages(t) {
		switch filepath.Base(page) {
		case "decisions.md", "CHANGELOG.md":
			continue
		}
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, name := range codeNames(string(text)) {
			assert.True(t, stands(known, name), "%s: there is no %s", filepath.Base(page), name)
		}
	}
}

// codeNames returns what a page has in `code` that looks like a name of Go: of
// a package, or of a member of an exported type.
func codeNames(doc string) []string {
	doc = regexp.MustCompile("(?s)\n```.*?\n```").ReplaceAllString(doc, "")
	var all []string
	for _, m := range regexp.MustCompile("`[*&]?([A-Za-z]+\\.[A-Za-z]+(?:\\.[A-Z][A-Za-z]*)?)(?:\\([^`]*\\))?`").FindAllStringSubmatch(doc, -1) {
		first, last, _ := strings.Cut(m[1], ".")
		if last == "go" || last == "md" {
			continue // a file
		}
		if _, ok := named()[first]; ok || ast.IsExported(first) {
			all = append(all, m[1])
		}
	}
	return all
}

// stands reports whether a package has the name; a name without a package may
// be of any.
func stands(known map[string]map[string]bool, name string) bool {
	first, rest, _ := strings.Cut(name, ".")
	if names, ok := known[first]; ok {
		return names[rest]
	}
	for _, names := range known {
		if names[name] {
			return true
		}
	}
	return false
}

// namesIn returns the names that a package declares, on any system: those at
// its top, and Type.Member of its types.
func namesIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		if !isSource(e) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				all[receiver(d)+d.Name.Name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					declare(all, spec)
				}
			}
		}
	}
	return all
}

func isSource(e fs.DirEntry) bool {
	return filepath.Ext(e.Name()) == ".go" && !strings.HasSuffix(e.Name(), "_test.go")
}

// receiver is the type of a method and a dot, and of a function nothing.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	for {
		switch e := of.(type) {
		case *ast.StarExpr:
			of = e.X
		case *ast.IndexExpr:
			of = e.X
		case *ast.IndexListExpr:
			of = e.X
		case *ast.Ident:
			return e.Name + "."
		default:
			return ""
		}
	}
}

// declare adds the names of a specification and, of a type, of its fields or
// methods.
func declare(all map[string]bool, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			all[n.Name] = true
		}
	case *ast.TypeSpec:
		all[s.Name.Name] = true
		members := &ast.FieldList{}
		switch of := s.Type.(type) {
		case *ast.StructType:
			members = of.Fields
		case *ast.InterfaceType:
			members = of.Methods
		}
		for _, field := range members.List {
			for _, n := range field.Names {
				all[s.Name.Name+"."+n.Name] = true
			}
		}
	}
}

func TestCodeNames(t *testing.T) {
	t.Parallel()
	doc := "`actor.Ref` `*wire.LimitError` `Worker.MaxBody` `pool.Pardon` `os.Exit(1)` `actor.MayRetry(err)` `codec.go` `README.md` `stack.yaml` `Delivery`\n```go\n`actor.No`\n```\n"
	assert.Equal(t, []string{"actor.Ref", "wire.LimitError", "Worker.MaxBody", "actor.MayRetry"}, codeNames(doc))
	known := map[string]map[string]bool{"actor": {"Ref": true, "Ref.Call": true}}
	for name, want := range map[string]bool{"actor.Ref": true, "actor.Ref.Call": true, "Ref.Call": true, "Ref.Cull": false, "actor.Raf": false} {
		assert.Equal(t, want, stands(known, name), name)
	}
}
