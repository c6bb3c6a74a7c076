package codec

import (
	"encoding"
	"encoding/json"
	"math/big"
	"reflect"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// form is one of the two formats whose libraries write Go values by
// reflection. Its methods are what these libraries do.
type form uint8

const (
	formCBOR form = iota
	formJSON
)

// tag returns the tag that the format reads of a field.
func (f form) tag(field *reflect.StructField) string {
	if f == formCBOR {
		if tag := field.Tag.Get("cbor"); tag != "" {
			return tag
		}
	}
	return field.Tag.Get("json")
}

// method is an interface of one method.
type method struct {
	name string
	typ  reflect.Type
}

// pair is a method that writes a type and the one that reads it back.
type pair struct {
	writer, reader method
	nested         bool // it writes a value of the format, not only text or bytes
}

func pairOf[W, R any](writer, reader string) pair {
	return pair{writer: method{writer, reflect.TypeFor[W]()}, reader: method{reader, reflect.TypeFor[R]()}}
}

// pairs returns what the format asks a type for, in the order in which it does.
func (f form) pairs() []pair {
	text := pairOf[encoding.TextMarshaler, encoding.TextUnmarshaler]("MarshalText", "UnmarshalText")
	if f == formJSON {
		own := pairOf[json.Marshaler, json.Unmarshaler]("MarshalJSON", "UnmarshalJSON")
		own.nested = true
		return []pair{own, text}
	}
	own := pairOf[cbor.Marshaler, cbor.Unmarshaler]("MarshalCBOR", "UnmarshalCBOR")
	own.nested = true
	return []pair{own, pairOf[encoding.BinaryMarshaler, encoding.BinaryUnmarshaler]("MarshalBinary", "UnmarshalBinary"), text}
}

// writes tells by which of its methods the type is written; false: by none.
// JSON asks a pointer's methods only where there is a pointer, or can be one.
func (f form) writes(t reflect.Type, addressable bool) (pair, bool) {
	for _, p := range f.pairs() {
		if t.Implements(p.writer.typ) || (f == formCBOR || addressable) && reflect.PointerTo(t).Implements(p.writer.typ) {
			return p, true
		}
	}
	return pair{}, false
}

// reads returns the method by which a type that is written by p, or by no method
// if p is the zero pair, is read.
func (f form) reads(t reflect.Type, p pair) method {
	if own := f.pairs()[0].reader; p.writer.typ == nil || reflect.PointerTo(t).Implements(own.typ) {
		return own
	}
	return p.reader
}

// isTime reports whether the library itself knows how to write the type as a
// time.
func isTime(t reflect.Type) bool { return t == reflect.TypeFor[time.Time]() }

// isNumber reports whether the library writes the type as a number, although
// it is none of Go's.
func (f form) isNumber(t reflect.Type) bool {
	return f == formCBOR && t == reflect.TypeFor[big.Int]()
}

// isBytes reports whether a slice or an array is written as one byte string.
func (f form) isBytes(t reflect.Type) bool {
	if t.Elem().Kind() != reflect.Uint8 {
		return false
	}
	if f == formCBOR {
		return true // whatever methods its elements have
	}
	_, own := f.writes(t.Elem(), true)
	return t.Kind() == reflect.Slice && !own
}
