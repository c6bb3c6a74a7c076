package codec

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
)

// LossError is the cause when a value would come back as another: not because of
// its type, but of what it is.
type LossError struct {
	Path    string // where in the value, such as ".Children[3].At"
	Problem string // what would become of it
}

// Error names the place and what would become of the value.
func (e *LossError) Error() string { return at(e.Path, e.Problem) }

func lost(format string, args ...any) *flaw {
	return &flaw{cause: &LossError{Problem: fmt.Sprintf(format, args...)}}
}

// time looks at a time. RFC 3339 has whole minutes in its offset, which zones of
// local mean time have not.
func (l *inspection) time(v reflect.Value) *flaw {
	t, ok := v.Interface().(time.Time)
	if !ok {
		return nil
	}
	_, offset := t.Zone()
	switch {
	case offset%60 != 0:
		return lost("the offset %s of the time has seconds, which RFC 3339 has not; use its UTC()", time.Duration(offset)*time.Second)
	case l.form == formCBOR && t.IsZero() && offset != 0:
		return lost("a zero time has no offset; use its UTC()")
	}
	return nil
}

// null looks at what a pointer leads to: the encoding of a pointer to nothing is
// that of no pointer.
func (l *inspection) null(v reflect.Value) *flaw {
	null := false
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		null = v.IsNil()
	case reflect.Struct:
		t, ok := v.Interface().(time.Time)
		null = ok && t.IsZero() && l.form == formCBOR
	default:
	}
	if null {
		return lost("a pointer to a %v that is nil or a zero time would come back as a nil pointer", v.Type())
	}
	return nil
}

// exactFloat is the largest integer up to which a float64 has all of them.
const exactFloat = 1 << 53

// number looks at an integer in an interface, which comes back from JSON as a
// float64.
func (l *inspection) number(v reflect.Value) *flaw {
	switch {
	case l.form == formCBOR:
		return nil
	case v.CanInt() && (v.Int() > exactFloat || v.Int() < -exactFloat),
		v.CanUint() && v.Uint() > exactFloat:
		return lost("an integer beyond 2^53 in an interface would come back from JSON as a float64 with other digits")
	}
	return nil
}

// digits looks at a json.Number in an interface.
func (l *inspection) digits(s string) *flaw {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return l.number(reflect.ValueOf(n))
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(n) <= exactFloat {
		return nil
	}
	return lost("a json.Number beyond 2^53 in an interface would come back as a float64 with other digits")
}

func isDigits(t reflect.Type) bool { return t == reflect.TypeFor[json.Number]() }

// key looks at the key of a map whose keys are interfaces. In CBOR keys of
// several types may be written alike.
func (l *inspection) key(held bool, v reflect.Value, met map[any]bool) *flaw {
	inner := v.Elem()
	var as any
	switch {
	case inner.Kind() == reflect.String:
		as = inner.String()
	case held:
	case inner.Kind() == reflect.Bool:
		as = inner.Bool()
	case inner.CanInt():
		as = inner.Int()
	case inner.CanUint() && inner.Uint() <= math.MaxInt64:
		as = int64(inner.Uint())
	case inner.CanFloat():
		as = inner.Float()
	}
	switch {
	case as == nil && held:
		return lost("is no text, and who reads a map into an interface refuses other keys")
	case as == nil:
		return lost("a key of a map that is in an interface must be text, a bool or a number of at most 63 bits")
	case met[as]:
		return lost("two keys of the map are written alike")
	}
	met[as] = true
	return nil
}
