package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pkgDecoders is what one package decodes, and what its fuzz targets reach.
type pkgDecoders struct {
	decoders []string                   // exported functions that take bytes from elsewhere apart
	uses     map[string]map[string]bool // by function of its tests: the names in it
}

// noDecoders names exported functions that only look like decoders.
func noDecoders() map[string]string {
	return map[string]string{
		"actor/codec Default": "it is CBOR",
	}
}

func TestEveryDecoderIsFuzzed(t *testing.T) {
	t.Parallel()
	pkgs := decodersBelow(t, "actor", "procactor", "cmd", "supervise")
	found := 0
	for dir, p := range pkgs {
		reached := p.reached()
		for _, name := range p.decoders {
			if _, ok := noDecoders()[dir+" "+name]; ok {
				continue
			}
			found++
			assert.True(t, reached[name], "%s: no fuzz target reaches %s", dir, name)
		}
	}
	assert.Greater(t, found, 18, "the search has lost the decoders")
}

func TestEveryFuzzTargetHasACorpus(t *testing.T) {
	t.Parallel()
	found := 0
	for dir, p := range decodersBelow(t, "actor", "procactor", "cmd", "supervise") {
		for name := range p.uses {
			if !strings.HasPrefix(name, "Fuzz") {
				continue
			}
			found++
			seeds, err := os.ReadDir(filepath.Join(root(t), dir, "testdata", "fuzz", name))
			require.NoError(t, err)
			assert.GreaterOrEqual(t, len(seeds), 3, "%s: the corpus of %s", dir, name)
		}
	}
	assert.Greater(t, found, 15, "the search has lost the fuzz targets")
}

// decodersBelow looks at all packages below dirs, by their directory.
func decodersBelow(t *testing.T, dirs ...string) map[string]*pkgDecoders {
	t.Helper()
	pkgs := map[string]*pkgDecoders{}
	goFiles(t, func(file string, source []byte) {
		dir := path.Dir(file)
		if pkgs[dir] == nil {
			pkgs[dir] = &pkgDecoders{uses: map[string]map[string]bool{}}
		}
		pkgs[dir].add(t, file, source)
	}, dirs...)
	return pkgs
}

func (p *pkgDecoders) add(t *testing.T, file string, source []byte) {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
	require.NoError(t, err)
	for _, decl := range tree.Decls {
		f, ok := decl.(*ast.FuncDecl)
		switch {
		case !ok:
		case strings.HasSuffix(file, "_test.go"):
			p.uses[f.Name.Name] = namesIn(f)
		case f.Recv == nil && f.Name.IsExported() && isDecoder(f):
			p.decoders = append(p.decoders, f.Name.Name)
		}
	}
}

// isDecoder goes by the name, or by the result: a codec, or what takes frames
// off a stream.
func isDecoder(f *ast.FuncDecl) bool {
	for _, prefix := range []string{"Parse", "Read", "Decode"} {
		if strings.HasPrefix(f.Name.Name, prefix) {
			return true
		}
	}
	if f.Type.Results == nil || len(f.Type.Results.List) == 0 {
		return false
	}
	results := namesIn(f.Type.Results.List[0].Type)
	return results["Codec"] || strings.HasPrefix(f.Name.Name, "New") && (results["Reader"] || results["Assembler"])
}

func namesIn(n ast.Node) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names[id.Name] = true
		}
		return true
	})
	return names
}

// reached are the names in the fuzz targets and in what those call.
func (p *pkgDecoders) reached() map[string]bool {
	reached := map[string]bool{}
	var visit func(names map[string]bool)
	visit = func(names map[string]bool) {
		for name := range names {
			if !reached[name] {
				reached[name] = true
				visit(p.uses[name])
			}
		}
	}
	for name, names := range p.uses {
		if strings.HasPrefix(name, "Fuzz") {
			visit(names)
		}
	}
	return reached
}
