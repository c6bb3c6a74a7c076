package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

const guaranteesHead = `# What Proctor guarantees

Every promise links to the test that enforces it. The page is made of the tests,
by go run ./internal/readme, and grouped by what a user may be afraid of. How
strong a promise is: [stability.md](stability.md). What is not promised:
[limits.md](limits.md).

`

// guaranteesPage writes the page, which is in the folder docs. A group without
// a guarantee is left out.
func guaranteesPage(all []guarantee) string {
	in := map[string][]guarantee{}
	for _, g := range all {
		in[g.group] = append(in[g.group], g)
	}
	for _, group := range groups() {
		slices.SortStableFunc(in[group.word], func(a, b guarantee) int {
			return cmp.Compare(later(a, group), later(b, group))
		})
	}
	var index, sections strings.Builder
	for _, group := range groups() {
		list := in[group.word]
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(&index, "- [%s](#%s): %d\n", group.title, slug(group.title), len(list))
		fmt.Fprintf(&sections, "\n## %s\n\n", group.title)
		for _, g := range list {
			fmt.Fprintf(&sections, "- %s ([%s](../%s#L%d))\n", g.sentence, g.test, g.file, g.line)
		}
	}
	return guaranteesHead + index.String() + sections.String()
}

// later is 0 for the guarantee that its group tells first, and 1 for others.
func later(g guarantee, in group) int {
	if g.test == in.first {
		return 0
	}
	return 1
}

// slug returns the anchor that GitHub gives a heading.
func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
