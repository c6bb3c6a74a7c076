package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
)

// marked is a line of a test's comment that begins with a mark.
type marked struct {
	text string // behind the mark
	at   string // file:line:column of it
	file string // relative to the repository, with slashes
	line int    // of the func
	test string
}

// find returns the marked lines of all tests below a tree, file by file. Its
// error names every line that is not right above a test; what says what such a
// line is.
func find(tree fs.FS, mark, what string) ([]marked, error) {
	var all []marked
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
		found, err := inFile(tree, name, mark, what)
		all, wrong = append(all, found...), append(wrong, err)
		return nil
	})
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

func inFile(tree fs.FS, name, mark, what string) ([]marked, error) {
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
	var all []marked
	var wrong []error
	for _, group := range file.Comments {
		for _, c := range group.List {
			text, ok := strings.CutPrefix(c.Text, mark)
			if !ok {
				continue
			}
			at := set.Position(c.Pos())
			if f := held[group]; f != nil {
				all = append(all, marked{strings.TrimSpace(text), at.String(), name, set.Position(f.Pos()).Line, f.Name.Name})
			} else {
				wrong = append(wrong, fmt.Errorf("%s: %s that is not right above a test", at, what))
			}
		}
	}
	return all, errors.Join(wrong...)
}

func isTest(f *ast.FuncDecl) bool {
	name := f.Name.Name
	return f.Recv == nil && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example"))
}
