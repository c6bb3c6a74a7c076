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
	shapeWrap                     // a struct that is written as what it embeds
)

// shape is what a codec knows of a Go type: computed once, it says what a value
// must be asked before it is written.
type shape struct {
	typ       reflect.Type
	kind      shapeKind
	elem      *shape       // of a pointer, a list, a dict
	key       *shape       // of a dict
	fields    []shapeField // of a record
	asked     []shapeField // those of them whose values must be looked at
	loops     bool         // of an own one: its fields may lead back to it
	inspected bool         // a value must be looked at before it is written
	held      bool         // an interface holds it: it is read as plain data
	fault     *fault       // why it cannot be carried
}

type shapeField struct {
	field
	shape *shape
}

// place is where a type stands, as far as its format makes a difference.
type place struct {
	typ         reflect.Type
	addressable bool // by a pointer, so that methods of pointers are used
	held        bool // by an interface, so that who reads it does not know its type
}

// shaper makes the shapes of one type and of all that it holds.
type shaper struct {
	form  form
	known map[place]*shape
	open  map[*shape]bool // begun, and not yet complete
	all   []*shape        // in the order in which they were begun
}

// shapeOf returns the shape of a type. What may be nested deeper than depth is
// looked at.
func shapeOf(f form, at place, depth int) *shape {
	s := shaper{form: f, known: map[place]*shape{}, open: map[*shape]bool{}}
	root := s.shape(at)
	s.spread()
	if !root.inspected && root.height(map[*shape]int{}) > depth {
		for _, sh := range s.all {
			sh.inspected = true
		}
	}
	s.ask()
	return root
}

func (s *shaper) shape(at place) *shape {
	if known, ok := s.known[at]; ok {
		known.inspected = known.inspected || s.open[known] // it contains itself, so nothing bounds it
		return known
	}
	sh := &shape{typ: at.typ, held: at.held}
	s.known[at], s.open[sh] = sh, true
	s.all = append(s.all, sh)
	s.fill(sh, at)
	delete(s.open, sh)
	return sh
}

// part returns the shape of a part of what is at the place.
func (s *shaper) part(at place, t reflect.Type, addressable bool) *shape {
	return s.shape(place{typ: t, addressable: addressable, held: at.held})
}

func (s *shaper) fill(sh *shape, at place) {
	t := at.typ
	own, isOwn := s.form.writes(t, at.addressable)
	switch {
	case t.Kind() == reflect.Pointer:
		sh.kind, sh.elem = shapePointer, s.part(at, t.Elem(), true)
		sh.inspected = sh.inspected || !at.held && s.form.maybeNull(sh.elem)
		sh.fault = s.form.pointerFault(t)
	case isTime(t):
		sh.kind, sh.inspected = shapeTime, true
	case s.form.isNumber(t): // plain
	case isOwn && t.Kind() != reflect.Interface:
		s.fillOwn(sh, at, own)
	default:
		s.fillKind(sh, at)
	}
	if sh.fault != nil && sh.fault.readOnly && at.held {
		sh.fault = nil
	}
}

// fillOwn fills the shape of a type that has a method by which it is written.
func (s *shaper) fillOwn(sh *shape, at place, own pair) {
	t := at.typ
	sole, wrong := s.form.promotion(t, own, true)
	sh.kind, sh.fault = shapeOwn, wrong
	if sole != nil && isTime(sole.Type) && own.writer.name != "MarshalBinary" {
		sh.kind, sh.inspected = shapeWrap, true
		sh.elem = s.part(at, sole.Type, at.addressable)
		sh.fields = []shapeField{{field{index: sole.Index}, sh.elem}}
		return
	}
	sh.inspected = sh.inspected || own.nested
	sh.loops = own.nested && mayLoop(s.form, t, nil)
}

func (s *shaper) fillKind(sh *shape, at place) {
	t := at.typ
	switch t.Kind() {
	case reflect.String:
		sh.kind, sh.inspected = shapeText, true
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64:
		sh.inspected = at.held && s.form == formJSON
	case reflect.Uintptr:
		if s.form == formCBOR {
			sh.fault = kindFault(t)
		}
	case reflect.Chan, reflect.Func, reflect.UnsafePointer, reflect.Complex64, reflect.Complex128:
		sh.fault = kindFault(t)
	case reflect.Slice:
		sh.inspected = true
		if s.form.isBytes(t) {
			sh.kind = shapeBytes
			return
		}
		sh.kind, sh.elem = shapeList, s.part(at, t.Elem(), true)
	case reflect.Array:
		if s.form == formCBOR && s.form.isBytes(t) {
			return
		}
		sh.kind, sh.elem = shapeList, s.part(at, t.Elem(), at.addressable)
		sh.inspected = sh.inspected || t.Len() > MaxElements
	case reflect.Map:
		sh.kind, sh.inspected = shapeDict, true
		sh.key, sh.elem = s.part(at, t.Key(), false), s.part(at, t.Elem(), false)
		sh.fault = s.form.keyFault(sh)
	case reflect.Struct:
		s.fillRecord(sh, at)
	case reflect.Interface:
		sh.kind, sh.inspected = shapeAny, true
		if t.NumMethod() > 0 {
			sh.fault = &fault{typ: t, problem: problemFace, hint: hintFace, readOnly: true}
		}
	default: // a bool or a number
	}
}

func (s *shaper) fillRecord(sh *shape, at place) {
	t := at.typ
	r := recordOf(s.form, t)
	sh.kind = shapeRecord
	_, sh.fault = s.form.promotion(t, pair{}, false)
	for i := range r.faults {
		if sh.fault == nil && (!r.faults[i].readOnly || !at.held) {
			sh.fault = &r.faults[i]
		}
	}
	if sh.fault == nil && len(r.fields) == 0 && losesFields(s.form, t) {
		sh.fault = &fault{typ: t, problem: problemEmpty, hint: hintMethods}
		if p, ok := s.form.writes(t, true); ok {
			sh.fault.problem = "is written without its " + p.writer.name + ", which a pointer has and a value in a map or an interface has not"
			sh.fault.hint = "put a pointer to it there"
		}
	}
	for _, f := range r.fields {
		if f.number && at.held && sh.fault == nil {
			sh.fault = &fault{path: f.path, typ: f.typ, problem: "has a number for its name, which who reads it into an interface refuses", hint: hintOut}
		}
		sh.fields = append(sh.fields, shapeField{f, s.part(at, f.typ, at.addressable)})
	}
}

// spread marks each shape that holds one that has to be inspected.
func (s *shaper) spread() {
	for more := true; more; {
		more = false
		for _, sh := range s.all {
			if !sh.inspected && sh.holdsInspected() {
				sh.inspected, more = true, true
			}
		}
	}
}

// ask notes which fields of a record have to be inspected.
func (s *shaper) ask() {
	for _, sh := range s.all {
		for _, f := range sh.fields {
			if f.shape.inspected {
				sh.asked = append(sh.asked, f)
			}
		}
	}
}

func (sh *shape) holdsInspected() bool {
	for _, f := range sh.fields {
		if f.shape.inspected {
			return true
		}
	}
	return sh.elem != nil && sh.elem.inspected || sh.key != nil && sh.key.inspected
}

// height returns how many arrays and maps may be in each other in a value of a
// shape that does not contain itself.
func (sh *shape) height(known map[*shape]int) int {
	if h, ok := known[sh]; ok {
		return h
	}
	known[sh] = 0
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
