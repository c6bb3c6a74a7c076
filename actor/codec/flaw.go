package codec

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// flaw is what is wrong with a value, and the way to it. It is made on the way
// back from there, so that a value without a flaw costs nothing.
type flaw struct {
	cause error  // a *LimitError or another, whose place is not yet known
	steps []step // the last one first
}

// step is a part of the way: a name, or a place in memory that it went by.
type step struct {
	name  string
	place where
}

// where is a pointer, a slice or a map, so that who comes there again knows it.
type where struct {
	typ reflect.Type
	ptr uintptr
	len int
}

// at says that the flaw is in the part of that name.
func (f *flaw) at(name string) *flaw {
	f.steps = append(f.steps, step{name: name})
	return f
}

// passed says that the flaw is behind a pointer, or in a slice or a map.
func (f *flaw) passed(v reflect.Value) {
	if !v.IsValid() {
		return
	}
	f.steps = append(f.steps, step{place: placeOf(v)})
}

func placeOf(v reflect.Value) where {
	w := where{typ: v.Type(), ptr: v.Pointer()}
	if v.Kind() == reflect.Slice {
		w.len = v.Len()
	}
	return w
}

// keyName is how a path shows the place of a map's key.
func keyName(key reflect.Value) string {
	if key.Kind() == reflect.Interface {
		key = key.Elem()
	}
	switch {
	case key.Kind() == reflect.String:
		return "[" + strconv.Quote(cut(key.String(), maxKeyInPath)) + "]"
	case key.CanInt():
		return "[" + strconv.FormatInt(key.Int(), 10) + "]"
	case key.CanUint():
		return "[" + strconv.FormatUint(key.Uint(), 10) + "]"
	}
	return "[…]"
}

// maxKeyInPath is how many bytes of a key a path shows.
const maxKeyInPath = 40

func cut(s string, n int) string { return s[:min(n, len(s))] }

// error puts the way into the cause.
func (f *flaw) error() error {
	slices.Reverse(f.steps)
	switch cause := f.cause.(type) { //nolint:errorlint // it is as it was made
	case *LimitError:
		if cause.What == BoundDepth {
			if back, found := comesBack(f.steps); found {
				cause.Self, f.steps = true, f.steps[:back]
			}
		}
		cause.Path = pathOf(f.steps)
	case *LossError:
		cause.Path = pathOf(f.steps)
	case *TypeError:
		cause.Path = pathOf(f.steps) + cause.Path
	default:
		return &placeError{path: pathOf(f.steps), err: f.cause}
	}
	return f.cause
}

// comesBack tells where the way first leads to a place where it was before.
func comesBack(steps []step) (index int, found bool) {
	been := map[where]bool{}
	for i, s := range steps {
		if s.place == (where{}) {
			continue
		}
		if been[s.place] {
			return i, true
		}
		been[s.place] = true
	}
	return 0, false
}

func pathOf(steps []step) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString(s.name)
	}
	return b.String()
}

// placeError says where in a value something is wrong.
type placeError struct {
	path string
	err  error
}

func (e *placeError) Error() string { return at(e.path, e.err.Error()) }
func (e *placeError) Unwrap() error { return e.err }
