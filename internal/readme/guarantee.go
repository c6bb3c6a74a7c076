package main

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// mark begins the line of a comment that is a guarantee.
const mark = "// Guarantee:"

// A guarantee is a promise to users and the test that holds it.
type guarantee struct {
	sentence string
	file     string // relative to the repository, with slashes
	line     int    // of the func
	test     string
}

// rank orders the packages of the list: what a reader came for first. Those
// not named come last.
func rank(file string) int {
	dirs := []string{"procactor", "supervise", "actor", "mailbox", "internal", "examples"}
	first, _, _ := strings.Cut(file, "/")
	if i := slices.Index(dirs, first); i >= 0 {
		return i
	}
	return len(dirs)
}

// collect finds the guarantees of all tests below a tree, in the order of the
// list. Its error names every line that is wrong.
func collect(tree fs.FS) ([]guarantee, error) {
	var all []guarantee
	var wrong []error
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(tree, name)
		}
		if !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		found, err := inFile(tree, name)
		all, wrong = append(all, found...), append(wrong, err)
		return nil
	})
	slices.SortStableFunc(all, func(a, b guarantee) int {
		return cmp.Or(cmp.Compare(rank(a.file), rank(b.file)), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	first := map[string]guarantee{}
	for _, g := range all {
		if other, ok := first[g.sentence]; ok {
			wrong = append(wrong, fmt.Errorf("%s:%d: the same guarantee as %s:%d", g.file, g.line, other.file, other.line))
		}
		first[g.sentence] = g
	}
	return all, errors.Join(append(wrong, err)...)
}

// skip leaves out what is not part of the module.
func skip(tree fs.FS, dir string) error {
	if dir == "." {
		return nil
	}
	base := path.Base(dir)
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return fs.SkipDir
	}
	if _, err := fs.Stat(tree, path.Join(dir, "go.mod")); !errors.Is(err, os.ErrNotExist) {
		return fs.SkipDir // a module of its own
	}
	return nil
}

func inFile(tree fs.FS, name string) ([]guarantee, error) {
	source, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	held := map[*ast.CommentGroup]*ast.FuncDecl{}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Doc != nil && isTest(f) {
			held[f.Doc] = f
		}
	}
	var all []guarantee
	var wrong []error
	for _, group := range file.Comments {
		for _, c := range group.List {
			text, ok := strings.CutPrefix(c.Text, mark)
			if !ok {
				continue
			}
			sentence, at := strings.TrimSpace(text), set.Position(c.Pos())
			f := held[group]
			switch {
			case f == nil:
				wrong = append(wrong, fmt.Errorf("%s: a guarantee that is not right above a test", at))
			case !strings.HasSuffix(sentence, "."):
				wrong = append(wrong, fmt.Errorf("%s: a guarantee is one line that ends with a period", at))
			default:
				all = append(all, guarantee{sentence, name, set.Position(f.Pos()).Line, f.Name.Name})
			}
		}
	}
	return all, errors.Join(wrong...)
}

func isTest(f *ast.FuncDecl) bool {
	name := f.Name.Name
	return f.Recv == nil && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example"))
}
