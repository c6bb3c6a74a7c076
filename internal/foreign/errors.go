package foreign

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Flaw is what is wrong with an error that code of a user gave; nil when
// nothing is.
type Flaw struct {
	Fault *Fault // of one of its methods, or of one that it wraps
	Nil   string // or the type of the nil pointer that it is or wraps, such as "*fs.PathError"
	Text  string // of the error, as far as fmt can print it
}

// Examine looks into err as others will: at its text, at what it wraps, and by
// errors.Is and errors.As.
func Examine(err error) *Flaw {
	if err == nil {
		return nil
	}
	if isLeaf(err) {
		return nil // nothing is asked of the most common ones
	}
	none, fault := Ask(err, func() (none string) {
		if none = nilIn(err); none == "" {
			p := new(probe)
			_ = err.Error()
			_ = errors.Is(err, p) || errors.As(err, &p)
		}
		return none
	})
	if fault == nil && none == "" {
		return nil
	}
	text := fmt.Sprintf("of type %T", err)
	if fault == nil || fault.Panic != nil {
		if t, bad := Apart(func() string { return fmt.Sprint(err) }); bad == nil { // fmt bears a panic
			text = fmt.Sprintf("%q (%T)", t, err)
		}
	}
	return &Flaw{Fault: fault, Nil: none, Text: text}
}

// Is is errors.Is for an error of a user; one that fails to answer is not the
// target.
func Is(err, target error) bool {
	if err == nil || isLeaf(err) {
		return err == target //nolint:errorlint // it wraps nothing
	}
	is, _ := Ask(err, func() bool { return errors.Is(err, target) })
	return is
}

// As is errors.AsType for an error of a user; one that fails to answer is no E.
func As[E error](err error) (E, bool) {
	if err == nil || isLeaf(err) {
		return errors.AsType[E](err)
	}
	found, _ := Ask(err, func() []E {
		if e, ok := errors.AsType[E](err); ok {
			return []E{e}
		}
		return nil
	})
	if len(found) == 0 {
		var none E
		return none, false
	}
	return found[0], true
}

// Text is the text of an error of a user, or what is wrong with it.
func Text(err error) string {
	text, fault := Ask(err, err.Error)
	if fault != nil {
		return fmt.Sprintf("an error of type %T, whose Error went wrong: %v", err, fault)
	}
	return text
}

// Ask asks err, which is of a user, something that is expected at once: here if
// it is known to return, otherwise apart.
func Ask[T any](err error, f func() T) (answer T, fault *Fault) {
	if !isKnown(err) {
		return Apart(f)
	}
	if fault = Do(func() { answer = f() }); fault != nil {
		var none T
		return none, fault
	}
	return answer, nil
}

// probe is an error that no other one wraps.
type probe struct{}

func (*probe) Error() string { return "probe" }

// mostWrapped is how many errors one may wrap. One that wraps itself has no end.
const mostWrapped = 10_000

// nilIn returns the type of the first nil pointer that err is or wraps; empty
// when there is none. It panics when there is no end of it.
func nilIn(err error) (none string) {
	seen := 0
	walk(err, func(e error) bool {
		if seen++; seen > mostWrapped {
			panic("the error wraps itself")
		}
		if v := reflect.ValueOf(e); v.Kind() == reflect.Pointer && v.IsNil() {
			none = fmt.Sprintf("%T", e)
		}
		return none == ""
	})
	return none
}

// walk visits err and what it wraps until visit returns false.
func walk(err error, visit func(error) bool) bool {
	if err == nil {
		return true
	}
	if !visit(err) {
		return false
	}
	switch e := err.(type) { //nolint:errorlint // this is what goes from one to the next
	case interface{ Unwrap() error }:
		return walk(e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if !walk(one, visit) {
				return false
			}
		}
	}
	return true
}

// isKnown reports whether err, and all that it wraps, is of a type that is
// known to return from its methods. They may panic.
func isKnown(err error) bool {
	return walk(err, func(e error) bool {
		v := reflect.ValueOf(e)
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return false // and its Unwrap would panic
		}
		return isKnownType(v.Type())
	})
}

// isKnownType reports whether a type of error is one of the standard library
// that everybody meets, or of this module.
func isKnownType(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch path := t.PkgPath(); path {
	case "errors", "fmt", "context", "io/fs", "os", "os/exec", "net", "syscall", "strconv", "runtime", "internal/poll":
		return true
	default:
		return strings.HasPrefix(path, module) && !strings.HasSuffix(path, "_test")
	}
}

// module is where the errors of the library are.
const module = "github.com/proctor-dev/proctor/"

// isLeaf reports whether nothing can be asked of err but its text, and that is
// a string that stands in it.
func isLeaf(err error) bool {
	t := reflect.TypeOf(err)
	if t.Kind() != reflect.Pointer || t.Elem().PkgPath() != "errors" {
		return false
	}
	_, joins := err.(interface{ Unwrap() []error })
	return !joins
}
