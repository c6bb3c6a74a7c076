package policy

import "encoding/json"

// Value is the file as a JSON Schema sees it.
func Value(name string, data []byte) (any, error) {
	b := &builder{file: name}
	root := b.parse(data)
	if len(b.errs) > 0 {
		return nil, b.errs.sorted()
	}
	return value(root), nil
}

func value(n *node) any {
	switch n.form {
	case boolForm:
		return n.text == "true"
	case intForm, floatForm:
		return json.Number(n.text)
	case stringForm:
		return n.text
	case listForm:
		list := []any{}
		for _, item := range n.items {
			list = append(list, value(item))
		}
		return list
	case mapForm:
		m := map[string]any{}
		n.pairs(func(k, v *node) { m[k.text] = value(v) })
		return m
	case nullForm:
	}
	return nil
}
