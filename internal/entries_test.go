package internal_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withoutExample are the entry points that have no Example of their own, and why.
func withoutExample() map[string]string {
	return map[string]string{
		"actor.StartsFor":         "only a supervisor asks it, and what it tells is who would wait for itself: ErrSelfCall shows it",
		"procactor.ReapStrangers": "it is about a whole program, the first of a container: proctor run is that",
		"procactor.WithMeasures":  "what it tells differs from run to run",
	}
}

// An entry point is an exported function of a package, constructors included:
// where a stranger begins. Methods are found from there.
func TestEntryPointsHaveExamples(t *testing.T) {
	t.Parallel()
	reasons, used := withoutExample(), map[string]bool{}
	for _, dir := range []string{"actor", "mailbox", "procactor", "supervise", "supervise/policy"} {
		files, examples := sourcesOf(t, dir)
		for _, f := range files {
			for _, decl := range f.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok || fn.Recv != nil || !fn.Name.IsExported() {
					continue
				}
				name := dir + "." + fn.Name.Name
				if reasons[name] != "" {
					assert.NotContains(t, examples, fn.Name.Name, "%s has an Example and an excuse", name)
					used[name] = true
					continue
				}
				if !slices.Contains(examples, fn.Name.Name) {
					assert.Failf(t, "no Example", "%s: write Example%s, or say in withoutExample why not", name, fn.Name.Name)
				}
			}
		}
	}
	for name := range reasons {
		assert.True(t, used[name], "an excuse for %s, which is not there", name)
	}
}

// sourcesOf are a package's files, whatever system they are for, and what its
// Examples are named for.
func sourcesOf(t *testing.T, dir string) (files []*ast.File, examples []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root(t), dir))
	require.NoError(t, err)
	var tests []*ast.File
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root(t), dir, e.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		if strings.HasSuffix(e.Name(), "_test.go") {
			tests = append(tests, file)
		} else {
			files = append(files, file)
		}
	}
	for _, e := range doc.Examples(tests...) {
		name, _, _ := strings.Cut(e.Name, "_")
		examples = append(examples, name)
	}
	return files, examples
}

// What only the authors of another kind of actor meet is in that section of the
// package's text, and says so itself.
func TestNamesForAuthorsOfOtherKindsSaySo(t *testing.T) {
	t.Parallel()
	fset := token.NewFileSet()
	var files []*ast.File
	names, err := filepath.Glob(filepath.Join(root(t), "actor", "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			require.NoError(t, err)
			files = append(files, file)
		}
	}
	p, err := doc.NewFromFiles(fset, files, module+"/actor")
	require.NoError(t, err)
	says := map[string]string{}
	note := func(of string, funcs []*doc.Func) {
		for _, f := range funcs {
			says[of+f.Name] = f.Doc
		}
	}
	note("", p.Funcs)
	for _, typ := range p.Types {
		says[typ.Name] = typ.Doc
		note("", typ.Funcs)
		note(typ.Name+".", typ.Methods)
	}
	_, section, found := strings.Cut(p.Doc, "# Writing another kind of actor")
	require.True(t, found)
	everybody := []string{"Spawn", "Target", "NewRef"} // links to what others meet as well

	marked := func(text string) bool {
		paragraph, _, _ := strings.Cut(text, "\n\n")
		return strings.Contains(strings.Join(strings.Fields(paragraph), " "), "another kind of actor")
	}
	linked := map[string]bool{}
	for part := range strings.SplitSeq(section, "[") {
		name, _, ok := strings.Cut(part, "]")
		text, known := says[name]
		if !ok || slices.Contains(everybody, name) {
			continue
		}
		require.True(t, known, "[%s] leads nowhere", name)
		linked[name] = true
		owner, _, _ := strings.Cut(name, ".")
		assert.True(t, marked(text) || owner != name && marked(says[owner]), "%s does not say that it is for who writes another kind of actor", name)
	}
	for name, text := range says {
		assert.False(t, marked(text) && !linked[name] && !strings.HasPrefix(name, "Life."), "%s is missing in that section", name)
	}
}
