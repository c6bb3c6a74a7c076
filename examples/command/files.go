package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// source is a file that does not parse.
type source struct {
	path string // below the root
	text []byte
	err  *SyntaxError // of go/format
}

// goTree returns the root of the installed Go tree.
func goTree(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("ask the go tool for its tree: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// findGofmt returns the gofmt of the tree, or the one in PATH.
func findGofmt(tree string) (string, error) {
	if path, err := exec.LookPath(filepath.Join(tree, "bin", "gofmt")); err == nil {
		return path, nil
	}
	return exec.LookPath("gofmt")
}

// broken returns the .go files below root that are of interest and do not
// parse, in the order of their paths.
func broken(root string, interesting func(path string) bool) ([]source, error) {
	var found []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != ".go" {
			return err
		}
		below, err := filepath.Rel(root, path)
		if err != nil || !interesting(filepath.ToSlash(below)) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = inProcess(text)
		if syntax, ok := errors.AsType[*SyntaxError](err); ok {
			found = append(found, source{filepath.ToSlash(below), text, syntax})
		}
		return nil
	})
	return found, err
}

// isTestData tells where the Go tree keeps what need not be good source.
func isTestData(path string) bool {
	return strings.HasPrefix(path, "test/") || strings.HasPrefix(path, "src/") && strings.Contains(path, "/testdata/")
}
