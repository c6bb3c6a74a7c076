package codec

import (
	"fmt"
	"reflect"
)

// TypeError refuses a type, because a part of its values would be lost on the
// way or could not be read back.
type TypeError struct {
	Type    reflect.Type // the one that cannot be carried; it may be a part of the codec's
	Path    string       // where it is, such as ".Order.Lines[].Price"
	Problem string       // what would become of it, such as "has no exported field, …"
	Hint    string       // what to do
}

// Error names the place, the type, the problem and the hint.
func (e *TypeError) Error() string {
	return at(e.Path, fmt.Sprintf("%v %s; %s", e.Type, e.Problem, e.Hint))
}

// Check returns why c cannot carry its type, and nil if it can, or if c is not
// of this package. The error is a [*ValueError] with a [*TypeError]. Append and
// Parse of such a codec return the same for every value, unless it can be written
// and only not be read. What an interface holds is found out when it is there.
func Check[T any](c Codec[T]) error {
	if checked, ok := c.(interface{ check() error }); ok {
		return checked.check()
	}
	return nil
}

// fault is what is wrong with a type.
type fault struct {
	path     string
	typ      reflect.Type
	problem  string
	hint     string
	readOnly bool // it matters only to whoever reads it into the same type
}

const (
	problemFace  = "is an interface with methods: who reads it cannot know which type to make"
	problemEmpty = "has no exported field, so that nothing of it would arrive"

	hintOut      = "leave the field out by the tag \"-\", or send something else in its place"
	hintMethods  = "give it exported fields, or methods of its own that write and read it, such as MarshalText and UnmarshalText"
	hintEmbedded = "make it a field with a name, or leave it out by the tag \"-\""
	hintFace     = "use a type, an any for plain data, or a codec.Union"
)

// losesFields reports whether a struct has fields, but none that is written. A
// field with the tag "-" is not there, by its owner's wish, and a blank one has
// no value.
func losesFields(f form, t reflect.Type) bool {
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Name != "_" && f.tag(&sf) != "-" {
			return true
		}
	}
	return false
}

// kindFault is that of a type that no library writes.
func kindFault(t reflect.Type) *fault {
	return &fault{typ: t, problem: "cannot be written (unsupported type: " + t.String() + ")", hint: hintOut}
}

// search looks for faults in a shape and in what it holds.
type search struct {
	seen    map[*shape]bool
	writing bool // not for those that matter only to whoever reads
}

// refused returns the first fault; nil if there is none.
func (sh *shape) refused(writing bool) *TypeError {
	return search{map[*shape]bool{}, writing}.in(sh, "")
}

func (s search) in(sh *shape, path string) *TypeError {
	if sh == nil || s.seen[sh] {
		return nil
	}
	s.seen[sh] = true
	if f := sh.fault; f != nil && (!s.writing || !f.readOnly) {
		return &TypeError{Type: f.typ, Path: path + f.path, Problem: f.problem, Hint: f.hint}
	}
	for _, f := range sh.fields {
		if err := s.in(f.shape, path+f.path); err != nil {
			return err
		}
	}
	if err := s.in(sh.key, path+"[key]"); err != nil {
		return err
	}
	if sh.kind != shapePointer {
		path += "[]"
	}
	return s.in(sh.elem, path)
}

// pointerFault is that of a pointer which leads to nothing but pointers.
func (f form) pointerFault(t reflect.Type) *fault {
	for range maxHops {
		if t.Kind() != reflect.Pointer {
			return nil
		}
		t = t.Elem()
	}
	return &fault{typ: t, problem: "leads to nothing but pointers", hint: hintOut}
}

// maybeNull reports whether a value behind a pointer may be written as null, which
// comes back as a pointer that is nil.
func (f form) maybeNull(sh *shape) bool {
	switch sh.kind {
	case shapePointer, shapeBytes, shapeDict, shapeAny:
		return true
	case shapeList:
		return sh.typ.Kind() == reflect.Slice
	case shapeTime:
		return f == formCBOR
	default:
		return false
	}
}

// keyFault is what is wrong with the keys of a map.
func (f form) keyFault(dict *shape) *fault {
	key := dict.key
	wrong := &fault{path: "[key]", typ: key.typ, hint: "use keys that are text or numbers"}
	switch {
	case key.kind == shapeText, key.kind == shapeOwn, key.kind == shapeTime, key.kind == shapeWrap:
		return nil
	case f == formJSON:
		if kind := key.typ.Kind(); kind >= reflect.Int && kind <= reflect.Uintptr {
			return nil
		}
		wrong.problem = "is no key of an object in JSON"
	case key.kind == shapeAny:
		return nil // what is there is looked at
	case dict.held:
		wrong.problem = "is no text, and who reads a map into an interface refuses other keys"
	case key.comparesByPlace(map[*shape]bool{}):
		wrong.problem = "comes back as another key, because it is compared by its pointers or interfaces"
	default:
		return nil
	}
	return wrong
}

// comparesByPlace reports whether two values of equal parts may be different.
func (sh *shape) comparesByPlace(seen map[*shape]bool) bool {
	if sh == nil || seen[sh] {
		return false
	}
	seen[sh] = true
	if sh.kind == shapePointer || sh.kind == shapeAny {
		return true
	}
	for _, f := range sh.fields {
		if f.shape.comparesByPlace(seen) {
			return true
		}
	}
	return sh.elem.comparesByPlace(seen)
}
