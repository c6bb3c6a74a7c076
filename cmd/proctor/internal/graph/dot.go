package graph

import (
	"fmt"
	"strings"
)

// Dot returns the tree in the language of Graphviz.
func Dot(root Node) []byte {
	var b strings.Builder
	b.WriteString("digraph tree {\n\trankdir=LR;\n\tordering=out;\n\tnode [fontname=\"Helvetica\", fontsize=11, shape=box];\n")
	n := 0
	var write func(node Node) int
	write = func(node Node) int {
		id := n
		n++
		style := `style="rounded"`
		if node.Supervisor != nil {
			style = `style="filled", fillcolor="#e8eef7"`
		}
		fmt.Fprintf(&b, "\tn%d [label=%s, %s];\n", id, dotLabel(node.lines()), style)
		for _, c := range node.Children {
			fmt.Fprintf(&b, "\tn%d -> n%d;\n", id, write(c))
		}
		return id
	}
	write(root)
	b.WriteString("}\n")
	return []byte(b.String())
}

// dotLabel is a string of dot, in which a backslash and a quote mean something.
func dotLabel(lines []string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	for i, l := range lines {
		lines[i] = escape.Replace(l)
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
