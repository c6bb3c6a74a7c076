package codec

import (
	"reflect"
)

// shapeKind is what a format makes of a Go type.
type shapeKind uint8

const (
	shapePlain   shapeKind = iota // a bool or a number
	shapeText                     // a string
	shapeBytes                    // a byte string
	shapeTime                     // a time.Time
	shapeList                     // a slice or an array
	shapeDict                     // a map
	shapeRecord                   // a struct
	shapePointer                  // what it points to, or null
	shapeAny                      // an interface without methods: whatever it holds
	shapeOwn                      // what a method of its own writes
)

// shape is what a codec knows of a Go type: computed once, it says what a value
// must be asked before it is written.
type shape struct {
	typ    reflect.Type
	kind   shapeKind
	elem   *shape       // of a pointer, a list, a dict
	key    *shape       // of a dict
	fields []shapeField // of a record
	asked  []shapeField // those of them whose values must be looked at
	loops  bool         // of an own one: its fields may lead back to it
	looks  bool         // a value must be looked at before it is written
}

type shapeField struct {
	field
	shape *shape
}

// place is where a type stands, as far as its format makes a difference.
type place struct {
	typ         reflect.Type
	addressable bool
}

// shaper makes the shapes of one type and of all that it holds.
type shaper struct {
	form  form
	known map[place]*shape
	open  map[*shape]bool // begun, and not yet complete
	all   []*shape        // in the order in which they were begun
}

// shapeOf returns the shape of a type that stands by itself (as behind a
// pointer) or, if not addressable, in an interface or a map. What may be nested
// deeper than depth is looked at.
func shapeOf(f form, t reflect.Type, addressable bool, depth int) *shape {
	s := shaper{form: f, known: map[place]*shape{}, open: map[*shape]bool{}}
	root := s.shape(t, addressable)
	s.spread()
	if !root.looks && root.height(map[*shape]int{}) > depth {
		for _, sh := range s.all {
			sh.looks = true
		}
	}
	s.ask()
	return root
}

func (s *shaper) shape(t reflect.Type, addressable bool) *shape {
	at := place{typ: t, addressable: addressable}
	if known, ok := s.known[at]; ok {
		known.looks = known.looks || s.open[known] // it contains itself, so nothing bounds it
		return known
	}
	sh := &shape{typ: t}
	s.known[at], s.open[sh] = sh, true
	s.all = append(s.all, sh)
	s.fill(sh, t, addressable)
	delete(s.open, sh)
	return sh
}

func (s *shaper) fill(sh *shape, t reflect.Type, addressable bool) {
	switch own, ok := s.form.writes(t, addressable); {
	case t.Kind() == reflect.Pointer:
		sh.kind, sh.elem = shapePointer, s.shape(t.Elem(), true)
		return
	case isTime(t):
		sh.kind = shapeTime
		return
	case s.form.isNumber(t):
		return
	case ok && t.Kind() != reflect.Interface:
		sh.kind, sh.looks = shapeOwn, own.nested
		sh.loops = own.nested && mayLoop(s.form, t, nil)
		return
	}
	switch t.Kind() { //nolint:exhaustive // the others are plain, or refused by the library
	case reflect.String:
		sh.kind, sh.looks = shapeText, true
	case reflect.Slice:
		sh.looks = true
		if s.form.isBytes(t) {
			sh.kind = shapeBytes
			return
		}
		sh.kind, sh.elem = shapeList, s.shape(t.Elem(), true)
	case reflect.Array:
		if s.form == formCBOR && s.form.isBytes(t) {
			return
		}
		sh.kind, sh.elem = shapeList, s.shape(t.Elem(), addressable)
		sh.looks = t.Len() > MaxElements
	case reflect.Map:
		sh.kind, sh.looks = shapeDict, true
		sh.key, sh.elem = s.shape(t.Key(), false), s.shape(t.Elem(), false)
	case reflect.Struct:
		sh.kind = shapeRecord
		for _, f := range recordOf(s.form, t).fields {
			sh.fields = append(sh.fields, shapeField{f, s.shape(f.typ, addressable)})
		}
	case reflect.Interface:
		sh.kind, sh.looks = shapeAny, true
	}
}

// spread has each shape look that holds one that looks.
func (s *shaper) spread() {
	for more := true; more; {
		more = false
		for _, sh := range s.all {
			if !sh.looks && sh.holdsOneThatLooks() {
				sh.looks, more = true, true
			}
		}
	}
}

// ask notes which fields of a record look.
func (s *shaper) ask() {
	for _, sh := range s.all {
		for _, f := range sh.fields {
			if f.shape.looks {
				sh.asked = append(sh.asked, f)
			}
		}
	}
}

func (sh *shape) holdsOneThatLooks() bool {
	for _, f := range sh.fields {
		if f.shape.looks {
			return true
		}
	}
	return sh.elem != nil && sh.elem.looks || sh.key != nil && sh.key.looks
}

// height returns how many arrays and maps may be in each other in a value of a
// shape that does not contain itself.
func (sh *shape) height(known map[*shape]int) int {
	if h, ok := known[sh]; ok {
		return h
	}
	inner := 0
	for _, f := range sh.fields {
		inner = max(inner, f.shape.height(known))
	}
	if sh.elem != nil {
		inner = max(inner, sh.elem.height(known))
	}
	if sh.kind == shapeRecord || sh.kind == shapeList {
		inner++
	}
	known[sh] = inner
	return inner
}
