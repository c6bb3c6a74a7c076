package codec

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// field is a field of a struct that a format writes, an embedded one's too.
type field struct {
	key    string // its name in the format
	number bool   // the name is an integer
	path   string // such as ".Base.Name"
	index  []int
	typ    reflect.Type
	tagged bool
}

// record is a struct as a format sees it.
type record struct {
	fields []field
	asList bool // it is written as an array of its fields
}

// embedded is a struct whose fields are those of the one around it.
type embedded struct {
	typ   reflect.Type
	index []int
	path  string
}

// recordOf finds the fields of a struct by the rules that both libraries
// share: those of encoding/json.
func recordOf(f form, t reflect.Type) record {
	var r record
	if mark, ok := t.FieldByName("_"); ok && f == formCBOR {
		options := strings.Split(mark.Tag.Get("cbor"), ",")
		r.asList = slices.Contains(options[1:], "toarray")
	}
	var found []field
	seen := map[reflect.Type]bool{}
	for level := []embedded{{typ: t}}; len(level) > 0; {
		var next []embedded
		for _, e := range level {
			if seen[e.typ] || countOf(level, e.typ) > 1 {
				continue
			}
			fields, inner := fieldsOf(f, e)
			found, next = append(found, fields...), append(next, inner...)
		}
		for _, e := range level {
			seen[e.typ] = true
		}
		level = next
	}
	r.fields = dominant(found)
	return r
}

func countOf(level []embedded, t reflect.Type) (n int) {
	for _, e := range level {
		if e.typ == t {
			n++
		}
	}
	return n
}

// fieldsOf returns the fields of one struct, and the structs it embeds.
func fieldsOf(f form, e embedded) (fields []field, inner []embedded) {
	for i := range e.typ.NumField() {
		sf := e.typ.Field(i)
		base := sf.Type
		if base.Kind() == reflect.Pointer {
			base = base.Elem()
		}
		if !sf.IsExported() && (!sf.Anonymous || base.Kind() != reflect.Struct) {
			continue
		}
		tag := f.tag(&sf)
		if tag == "-" {
			continue
		}
		options := strings.Split(tag, ",")
		name := options[0]
		index := append(slices.Clone(e.index), i)
		path := e.path + "." + sf.Name
		if sf.Anonymous && base.Kind() == reflect.Struct && name == "" {
			inner = append(inner, embedded{typ: base, index: index, path: path})
			continue
		}
		fields = append(fields, field{
			key: cmp.Or(name, sf.Name), number: f == formCBOR && slices.Contains(options[1:], "keyasint"),
			path: path, index: index, typ: sf.Type, tagged: name != "" || f == formCBOR && tag != "",
		})
	}
	return fields, inner
}

// dominant leaves out of fields of one name all but the one that is embedded
// least and tagged; of several such, all.
func dominant(found []field) []field {
	var fields []field
	for i := range found {
		if hiding(found, i) < 0 {
			fields = append(fields, found[i])
		}
	}
	return fields
}

// hiding returns a field for whose sake the i-th is not written; below zero if
// it is written.
func hiding(found []field, i int) int {
	for j := range found {
		if i != j && found[i].key == found[j].key && found[i].number == found[j].number && !found[i].before(&found[j]) {
			return j
		}
	}
	return -1
}

// before reports whether f is written, and other, of the same name, is not.
func (f *field) before(other *field) bool {
	if len(f.index) != len(other.index) {
		return len(f.index) < len(other.index)
	}
	return f.tagged && !other.tagged
}
