package jsonkeys

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// names are the fields of a struct as JSON has them.
type names map[string]reflect.Type

// add adds the fields of t and of what is embedded in it.
func (n names) add(t reflect.Type, within map[reflect.Type]bool) {
	if within[t] {
		return
	}
	within[t] = true
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		embedded := plain(f.Type)
		switch {
		case f.Tag.Get("json") == "-":
		case f.Anonymous && name == "" && embedded != nil && embedded.Kind() == reflect.Struct:
			n.add(embedded, within)
		case !f.IsExported():
		default:
			if name == "" {
				name = f.Name
			}
			if _, outer := n[name]; !outer {
				n[name] = f.Type
			}
		}
	}
}

// plain is t without pointers; nil when values of it decode themselves.
func plain(t reflect.Type) reflect.Type {
	for t != nil {
		p := reflect.PointerTo(t)
		if p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
			return nil
		}
		if t.Kind() != reflect.Pointer {
			break
		}
		t = t.Elem()
	}
	return t
}

// elementOf is the type of what is in a list or a map; nil when it is not known.
func elementOf(t reflect.Type) reflect.Type {
	if t == nil {
		return nil
	}
	switch t.Kind() { //nolint:exhaustive // no other has elements that JSON has
	case reflect.Slice, reflect.Array, reflect.Map:
		return t.Elem()
	}
	return nil
}
