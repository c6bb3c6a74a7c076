package main

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each mistake is a program: whoever renames what a mutant writes learns it
// here, and not minutes later from the step of CI that runs them.
func TestMutantsCompile(t *testing.T) {
	t.Parallel()
	packages := map[string][]trial{}
	for _, m := range trials() {
		packages[m.by.dir] = append(packages[m.by.dir], m)
	}
	for name, all := range packages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compile(t, filepath.Join("..", "..", name), all)
		})
	}
}

// compile type-checks a package with each of the mistakes.
func compile(t *testing.T, dir string, mutants []trial) {
	t.Helper()
	fset := token.NewFileSet()
	files := map[string]*ast.File{}
	for _, name := range goFiles(t, dir) {
		file, err := parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files[name] = file
	}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", exports(t, dir))}
	check := func(patched string, file *ast.File) error {
		var all []*ast.File
		for name, right := range files {
			if name != patched {
				all = append(all, right)
			}
		}
		if file != nil {
			all = append(all, file)
		}
		_, err := config.Check(dir, fset, all, nil)
		return err
	}
	require.NoError(t, check("", nil), "the sources themselves")
	for _, m := range mutants {
		source, err := os.ReadFile(filepath.Join(dir, m.file))
		require.NoError(t, err)
		wrong, err := m.apply(string(source))
		require.NoError(t, err)
		file, err := parser.ParseFile(fset, m.name, wrong, parser.SkipObjectResolution)
		require.NoError(t, err)
		assert.NoError(t, check(m.file, file), m.name)
	}
}

// goFiles are the names of the package's sources on this system.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	return strings.Fields(goList(t, dir, `{{range .GoFiles}}{{.}} {{end}}`))
}

// exports finds the compiled form of a package that the sources import.
func exports(t *testing.T, dir string) importer.Lookup {
	t.Helper()
	compiled := map[string]string{}
	for line := range strings.Lines(goList(t, dir, `{{.ImportPath}} {{.Export}}`, "-export", "-deps")) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		compiled[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(compiled[path]) }
}

func goList(t *testing.T, dir, format string, flags ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"list", "-f", format}, flags...), ".")...)
	cmd.Dir = dir
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.Output()
	require.NoError(t, err, failure.String())
	return string(out)
}
