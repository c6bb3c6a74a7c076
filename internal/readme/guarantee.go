package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
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
	lines, err := find(tree, mark, "a guarantee")
	wrong := []error{err}
	all := make([]guarantee, 0, len(lines))
	for _, l := range lines {
		if !strings.HasSuffix(l.text, ".") {
			wrong = append(wrong, fmt.Errorf("%s: a guarantee is one line that ends with a period", l.at))
			continue
		}
		all = append(all, guarantee{l.text, l.file, l.line, l.test})
	}
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
	return all, errors.Join(wrong...)
}
