package codec

import (
	"reflect"
	"slices"
	"strconv"
)

// maxChain is how far the fields of types that write themselves are followed.
const maxChain = 100_000

// own looks at a value whose method writes it. What that does nobody knows, but
// as a rule it writes the fields that are exported, so a value that contains
// itself by these would be written for ever. A field that the method leaves out
// has the tag "-".
func (l *inspection) own(sh *shape, v reflect.Value) *flaw {
	l.nested = true
	if !sh.loops {
		return nil
	}
	if v.CanAddr() {
		v = v.Addr() // who leads back leads to the same place
	}
	c := chain{form: l.form, met: map[where]bool{}}
	if c.ends(v, 0) {
		return nil
	}
	f := &flaw{cause: &LimitError{What: BoundDepth, Limit: uint64(l.depthLimit), Self: true}}
	for _, name := range c.path {
		f.at(name)
	}
	return f
}

// mayLoop reports whether a value can contain itself by its exported fields.
func mayLoop(f form, t reflect.Type, outer []reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map, reflect.Struct:
	default:
		return false
	}
	if slices.Contains(outer, t) {
		return true
	}
	outer = append(outer[:len(outer):len(outer)], t)
	if t.Kind() != reflect.Struct {
		return mayLoop(f, t.Elem(), outer)
	}
	for i := range t.NumField() {
		if sf := t.Field(i); followed(f, &sf) && mayLoop(f, sf.Type, outer) {
			return true
		}
	}
	return false
}

func followed(f form, sf *reflect.StructField) bool { return sf.IsExported() && f.tag(sf) != "-" }

// chain follows the exported fields of a value.
type chain struct {
	form form
	met  map[where]bool // pointers, maps and slices; true: those around the value
	path []string       // to where it comes back, the last step first
}

// ends is false if v contains itself.
func (c *chain) ends(v reflect.Value, depth int) bool {
	if depth > maxChain {
		return false
	}
	switch v.Kind() { //nolint:exhaustive // the others lead nowhere
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if v.IsNil() {
			return true
		}
		at := placeOf(v)
		if around, met := c.met[at]; met {
			return !around
		}
		c.met[at] = true
		defer func() { c.met[at] = false }()
		return c.parts(v, depth+1)
	case reflect.Interface:
		return v.IsNil() || c.ends(v.Elem(), depth+1)
	case reflect.Struct, reflect.Array:
		return c.parts(v, depth+1)
	}
	return true
}

// parts is false if a part of v leads back.
func (c *chain) parts(v reflect.Value, depth int) bool {
	switch v.Kind() { //nolint:exhaustive // see the caller
	case reflect.Pointer:
		return c.ends(v.Elem(), depth)
	case reflect.Slice, reflect.Array:
		if !mayLoop(c.form, v.Type().Elem(), nil) {
			return true
		}
		for i := range v.Len() {
			if !c.ends(v.Index(i), depth) {
				return c.by("[" + strconv.Itoa(i) + "]")
			}
		}
	case reflect.Map:
		for pairs := v.MapRange(); pairs.Next(); {
			if !c.ends(pairs.Value(), depth) {
				return c.by(keyName(pairs.Key()))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if sf := v.Type().Field(i); followed(c.form, &sf) && !c.ends(v.Field(i), depth) {
				return c.by("." + sf.Name)
			}
		}
	}
	return true
}

// by notes a step of the way back, and is false.
func (c *chain) by(name string) bool {
	c.path = append(c.path, name)
	return false
}
