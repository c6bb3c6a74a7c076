package policy

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Value is the file as a JSON Schema sees it.
func Value(name string, data []byte) (any, error) {
	b := &builder{file: name}
	root := b.parse(data)
	if len(b.errs) > 0 {
		return nil, b.errs.sorted()
	}
	return plainValue(root), nil
}

// Places lists all values of a file with where they are.
func Places(t *testing.T, name, text string) []string {
	t.Helper()
	b := &builder{file: name}
	root := b.parse([]byte(text))
	require.NoError(t, b.errs.sorted())
	var list []string
	var visit func(n *node)
	visit = func(n *node) {
		list = append(list, fmt.Sprintf("%d:%d %v %q", n.at.line, n.at.col, n.form, n.text))
		for _, item := range n.items {
			visit(item)
		}
	}
	visit(root)
	return list
}
