package policy

import "fmt"

// nested is a mapping with keys of its own.
func nested[T any](o *object[T], ref string) kind[*T] {
	return kind[*T]{dict{"$ref": "#/$defs/" + ref}, func(d *decoder, n *node, at string) (*T, bool) {
		return o.read(d, n, at)
	}}
}

// family is a list of children. One with a mistake is kept, so that its
// siblings are checked against it.
func family(child *object[rawChild]) kind[[]*rawChild] {
	one := nested(child, "child")
	return list(kind[*rawChild]{one.schema, func(d *decoder, n *node, at string) (*rawChild, bool) {
		c, _ := one.read(d, n, at)
		if c == nil {
			return nil, false
		}
		c.at, c.key = n.at, at
		return c, true
	}}, 0)
}

// list is a list with at least that many items. Items that are wrong are left
// out, after they were reported.
func list[V any](item kind[V], least int) kind[[]V] {
	schema := dict{"type": "array", "items": item.schema}
	if least > 0 {
		schema["minItems"] = least
	}
	return kind[[]V]{schema, func(d *decoder, n *node, at string) ([]V, bool) {
		if n.form != listForm {
			d.fail(n.at, at, "is "+describe(n)+", not a list", "write a list: [one, another], or lines that begin with \"- \"")
			return nil, false
		}
		if len(n.items) < least {
			d.fail(n.at, at, "is empty", "write at least one, or leave the key out")
			return nil, false
		}
		values, good := make([]V, 0, len(n.items)), true
		for i, one := range n.items {
			v, ok := item.read(d, one, fmt.Sprintf("%s[%d]", at, i))
			if ok {
				values = append(values, v)
			}
			good = good && ok
		}
		return values, good
	}}
}

// oneOrMore is an item, or a list of such.
func oneOrMore[V any](item kind[V]) kind[[]V] {
	many := list(item, 1)
	return kind[[]V]{dict{"anyOf": []any{item.schema, many.schema}}, func(d *decoder, n *node, at string) ([]V, bool) {
		if n.form == listForm {
			return many.read(d, n, at)
		}
		v, ok := item.read(d, n, at)
		return []V{v}, ok
	}}
}

// placed keeps the place of a value.
func placed[V any](k kind[V]) kind[got[V]] {
	return kind[got[V]]{k.schema, func(d *decoder, n *node, at string) (got[V], bool) {
		v, ok := k.read(d, n, at)
		return got[V]{v, n.at, true, ok}, ok
	}}
}

// variables is a mapping from the names of variables to texts.
func variables() kind[[]rawVariable] {
	value := expanded()
	schema := dict{"type": "object", "propertyNames": dict{"pattern": "^[^=]+$"}, "additionalProperties": value.schema}
	return kind[[]rawVariable]{schema, func(d *decoder, n *node, at string) ([]rawVariable, bool) {
		if n.form != mapForm {
			d.fail(n.at, at, "is "+describe(n)+", not a mapping", "write NAME: value, a line for each")
			return nil, false
		}
		var vars []rawVariable
		good := true
		n.pairs(func(name, v *node) {
			if !isVariableName(name.text) {
				d.fail(name.at, at, "has a name that is empty or holds a = or a zero byte", "write the name of a variable")
				good = false
				return
			}
			t, ok := value.read(d, v, at+"."+name.text)
			vars = append(vars, rawVariable{name.text, t})
			good = good && ok
		})
		return vars, good
	}}
}

func isVariableName(s string) bool {
	for _, c := range []byte(s) {
		if c == '=' || c == 0 {
			return false
		}
	}
	return s != ""
}
