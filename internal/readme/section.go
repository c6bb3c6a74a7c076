package main

import (
	"errors"
	"fmt"
	"strings"
)

const (
	begin = "<!-- guarantees:begin -->"
	end   = "<!-- guarantees:end -->"
)

// render writes the list as Markdown.
func render(all []guarantee) string {
	var b strings.Builder
	for _, g := range all {
		fmt.Fprintf(&b, "- **%s** ([%s](%s#L%d))\n", g.sentence, g.test, g.file, g.line)
	}
	return b.String()
}

// errMarkers says what README.md lacks.
var errMarkers = errors.New("README.md needs one line " + begin + " and below it one line " + end)

// replace returns readme with list between the markers.
func replace(readme, list string) (string, error) {
	if strings.Count(readme, begin) != 1 || strings.Count(readme, end) != 1 {
		return "", errMarkers
	}
	head, rest, _ := strings.Cut(readme, begin+"\n")
	_, tail, ok := strings.Cut(rest, end)
	if !ok {
		return "", errMarkers
	}
	return head + begin + "\n" + list + end + tail, nil
}
