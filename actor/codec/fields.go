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
	asList bool    // it is written as an array of its fields
	faults []fault // what of it would be lost
}

// embedded is a struct whose fields are those of the one around it.
type embedded struct {
	typ      reflect.Type
	index    []int
	path     string
	pointer  bool
	exported bool
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
				r.faults = append(r.faults, fault{path: e.path, typ: e.typ, problem: "is embedded twice, so that none of its fields is written", hint: hintEmbedded})
				continue
			}
			fields, inner := fieldsOf(f, e)
			if len(level[0].index) > 0 {
				r.embeds(f, e, len(fields)+len(inner))
			}
			found, next = append(found, fields...), append(next, inner...)
		}
		for _, e := range level {
			seen[e.typ] = true
		}
		level = next
	}
	for i := range found {
		j := hiding(found, i)
		if j < 0 {
			r.fields = append(r.fields, found[i])
			continue
		}
		problem := "has the name of " + found[j].path + ", which is written in its place"
		if hiding(found, j) >= 0 {
			problem = "has the name of " + found[j].path + ", so that neither is written"
		}
		r.faults = append(r.faults, fault{path: found[i].path, typ: found[i].typ, problem: problem, hint: "give one of them another name by its tag, or the tag \"-\""})
	}
	return r
}

// embeds notes what is wrong with a struct that is embedded with n fields and
// structs of its own.
func (r *record) embeds(f form, e embedded, n int) {
	fault := fault{path: e.path, typ: e.typ, hint: hintEmbedded}
	_, own := f.writes(e.typ, true)
	switch {
	case own || isTime(e.typ) || f.isNumber(e.typ):
		fault.problem = "is embedded, so that only its fields are written, not what its own methods write"
	case n == 0 && e.exported && losesFields(f, e.typ):
		fault.problem = problemEmpty
	case e.pointer && !e.exported:
		fault.problem = "is not exported and embedded by a pointer, which cannot be set when it is read"
		fault.readOnly = true
	case e.pointer && r.asList:
		fault.problem = "is embedded by a pointer in a struct that is written as an array: if it is nil it comes back as if it were not"
	default:
		return
	}
	r.faults = append(r.faults, fault)
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
			inner = append(inner, embedded{typ: base, index: index, path: path, pointer: base != sf.Type, exported: sf.IsExported()})
			continue
		}
		fields = append(fields, field{
			key: cmp.Or(name, sf.Name), number: f == formCBOR && slices.Contains(options[1:], "keyasint"),
			path: path, index: index, typ: sf.Type, tagged: name != "" || f == formCBOR && tag != "",
		})
	}
	return fields, inner
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
