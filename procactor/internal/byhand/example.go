package byhand

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/proctor-dev/proctor/actor/codec"
)

// ExampleOf returns JSON that parses into a T and shows its fields; empty when
// there is none that can be found, such as for an interface with methods.
func ExampleOf[T any]() (text string) {
	defer func() {
		if recover() != nil { // a type's own MarshalJSON, which did not expect such a value
			text = ""
		}
	}()
	var v T
	if t := reflect.TypeFor[T](); t.Kind() == reflect.Interface && t.NumMethod() > 0 {
		return "" // but null, which tells nothing
	}
	fillIn(reflect.ValueOf(&v).Elem(), nil)
	b, err := codec.JSON[T]().Append(nil, v)
	if err != nil {
		return ""
	}
	if _, err := ParseJSON[T](b); err != nil {
		return ""
	}
	return string(b)
}

// fillIn gives the value something to show, down to a type that contains
// itself. A type that says itself how it is written stays as it is.
func fillIn(v reflect.Value, outer []reflect.Type) {
	t := v.Type()
	if writesItself(t) || slices.Contains(outer, t) {
		return
	}
	outer = append(outer[:len(outer):len(outer)], t)
	switch t.Kind() { //nolint:exhaustive // the others stay zero
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1.5)
	case reflect.String:
		v.SetString("text")
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 && !writesItself(t.Elem()) {
			v.SetBytes([]byte("bytes"))
			return
		}
		v.Set(reflect.MakeSlice(t, 1, 1))
		fillIn(v.Index(0), outer)
	case reflect.Array:
		if t.Len() > 0 {
			fillIn(v.Index(0), outer)
		}
	case reflect.Map:
		key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		fillIn(key, outer)
		if key.Kind() == reflect.String && !writesItself(t.Key()) {
			key.SetString("key")
		}
		fillIn(elem, outer)
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(key, elem)
	case reflect.Pointer:
		if !slices.Contains(outer, t.Elem()) {
			v.Set(reflect.New(t.Elem()))
			fillIn(v.Elem(), outer)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if v.Field(i).CanSet() || f.Anonymous && f.Type.Kind() == reflect.Struct { // its exported fields can be set
				fillIn(v.Field(i), outer)
			}
		}
	}
}

// writesItself reports whether the type has a say in its JSON.
func writesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Marshaler]()) || p.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		p.Implements(reflect.TypeFor[encoding.TextMarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
