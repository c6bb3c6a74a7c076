package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Marks that begin the line of a comment that is a guarantee; the second is of
// one whose author forgot the group.
const (
	mark      = "// Guarantee("
	ungrouped = "// Guarantee:"
)

// A guarantee is a promise to users and the test that holds it.
type guarantee struct {
	group    string // the word of it
	sentence string
	file     string // relative to the repository, with slashes
	line     int    // of the func
	test     string
}

// rank orders the packages within a group: what a reader came for first. Those
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
// page. Its error names every line that is wrong.
func collect(tree fs.FS) ([]guarantee, error) {
	lines, err := find(tree, mark, "a guarantee")
	wrong := []error{err}
	forgotten, err := find(tree, ungrouped, "a guarantee")
	wrong = append(wrong, err)
	for _, l := range forgotten {
		wrong = append(wrong, fmt.Errorf("%s: a guarantee says its group, as in // Guarantee(crash): the groups are %s", l.at, groupWords()))
	}
	all := make([]guarantee, 0, len(lines))
	for _, l := range lines {
		g, err := parse(l)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		all = append(all, g)
	}
	slices.SortStableFunc(all, func(a, b guarantee) int {
		return cmp.Or(cmp.Compare(rank(a.file), rank(b.file)), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	return all, errors.Join(append(wrong, repeated(all))...)
}

// parse reads what is behind the mark: the group, a colon, the sentence.
func parse(l marked) (guarantee, error) {
	word, sentence, ok := strings.Cut(l.text, "):")
	switch {
	case !ok || !strings.HasSuffix(sentence, "."):
		return guarantee{}, fmt.Errorf("%s: a guarantee is one line, // Guarantee(group): and a sentence that ends with a period", l.at)
	case !slices.ContainsFunc(groups(), func(g group) bool { return g.word == word }):
		return guarantee{}, fmt.Errorf("%s: there is no group %q of guarantees; the groups are %s", l.at, word, groupWords())
	}
	return guarantee{word, strings.TrimSpace(sentence), l.file, l.line, l.test}, nil
}

// repeated returns an error that names every sentence that stands twice.
func repeated(all []guarantee) error {
	var wrong []error
	first := map[string]guarantee{}
	for _, g := range all {
		if other, ok := first[g.sentence]; ok {
			wrong = append(wrong, fmt.Errorf("%s:%d: the same guarantee as %s:%d", g.file, g.line, other.file, other.line))
		}
		first[g.sentence] = g
	}
	return errors.Join(wrong...)
}
