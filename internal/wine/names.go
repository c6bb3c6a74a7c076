package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// testName is what the go command takes for a test's name, but for benchmarks,
// and for TestMain.
var testName = regexp.MustCompile(`^(Test|Fuzz|Example)([^a-z]|$)`)

// names lists the tests that are in a build for a system, by reading their
// files, which takes no build.
func names(goos string, packages []string) (map[id]bool, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=Dir,ImportPath,TestGoFiles,XTestGoFiles"}, packages...)...)
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	all := map[id]bool{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir, ImportPath           string
			TestGoFiles, XTestGoFiles []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		for _, file := range append(p.TestGoFiles, p.XTestGoFiles...) {
			tests, err := testsOf(filepath.Join(p.Dir, file))
			if err != nil {
				return nil, err
			}
			for _, test := range tests {
				all[id{p.ImportPath, test}] = true
			}
		}
	}
}

// testsOf lists the tests in a file.
func testsOf(path string) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var tests []string
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if ok && f.Recv == nil && f.Name.Name != "TestMain" && testName.MatchString(f.Name.Name) {
			tests = append(tests, f.Name.Name)
		}
	}
	return tests, nil
}
