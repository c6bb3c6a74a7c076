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

// Described is a key of a file, as a page for readers has it.
type Described struct {
	Name, Value, Doc string
	Required         bool
}

// DescribedObject is one kind of object of a file, with its keys in the order
// of the grammar.
type DescribedObject struct {
	Ref, Name string // Ref is empty for the file itself
	Keys      []Described
}

// DescribedObjects are all of them, the file first.
func DescribedObjects() (all []DescribedObject) {
	for _, o := range newGrammar().objects() {
		d := DescribedObject{Ref: o.ref, Name: o.name}
		for _, k := range o.infos {
			d.Keys = append(d.Keys, Described{k.name, valueOf(k.schema), k.doc, k.required})
		}
		all = append(all, d)
	}
	return all
}

// valueOf says in a word what a schema takes; a reference is left as "#ref".
func valueOf(s map[string]any) string {
	if ref, ok := s["$ref"].(string); ok {
		return "#" + ref[len("#/$defs/"):]
	}
	if s["pattern"] == durationPattern {
		return "duration"
	}
	switch typ := s["type"]; typ {
	case "array":
		if items, ok := s["items"].(dict); ok {
			if ref := valueOf(items); ref[0] == '#' {
				return "list of " + ref
			}
		}
		return "list"
	case "object":
		return "mapping"
	case "integer", "number":
		return "number"
	case "boolean":
		return "true, false"
	case "string":
		return "text"
	}
	switch {
	case s["enum"] != nil:
		return "word"
	case s["const"] != nil:
		return "true"
	}
	return "several" // its text says which
}

// OursForOtherKeys is our key for each key of another supervisor, empty where
// there is none.
func OursForOtherKeys() map[string]string {
	all := make(map[string]string)
	for theirs, other := range otherKeys() {
		all[theirs] = other.ours
	}
	return all
}
