package codec

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Errors of this package. Each is found by errors.Is in what Append or Parse
// returned.
var (
	// ErrOtherType is what the codec made by [Error] answers for an error
	// that does not hold an E.
	ErrOtherType = errors.New("error of another type")

	// ErrNotUTF8 is answered for text that is not valid UTF-8.
	ErrNotUTF8 = errors.New("not valid UTF-8")

	// ErrNesting is every [*LimitError] about the depth.
	ErrNesting = errors.New("nested too deep")
)

// Op says which of a codec's two methods failed.
type Op uint8

// The methods of a [Codec].
const (
	OpAppend Op = iota
	OpParse
)

// String returns the method's name in lower case.
func (o Op) String() string {
	switch o {
	case OpAppend:
		return "append"
	case OpParse:
		return "parse"
	}
	return fmt.Sprintf("op(%d)", uint8(o))
}

// ValueError is the error of every codec of this package: which value could
// not be encoded or decoded, and why.
type ValueError struct {
	Op    Op
	Codec string       // the codec's name
	Type  reflect.Type // the T of the codec
	Err   error        // never nil
}

// Error names the codec, the direction, the type and the cause.
func (e *ValueError) Error() string {
	return fmt.Sprintf("codec: %s %s %v: %v", e.Codec, e.Op, e.Type, e.Err)
}

// Unwrap returns the cause.
func (e *ValueError) Unwrap() error { return e.Err }

func failed[T any](op Op, codec string, err error) error {
	return &ValueError{Op: op, Codec: codec, Type: reflect.TypeFor[T](), Err: err}
}

// VariantError is the cause when a value or a tag is none of a [Union]'s
// variants.
type VariantError struct {
	Got     string   // the tag that was read (its first 64 bytes), or the Go type that was given
	Allowed []string // the tags of the union, in the order in which they were given
}

// Error names what came and what is allowed.
func (e *VariantError) Error() string {
	return fmt.Sprintf("%q is none of %s", e.Got, strings.Join(e.Allowed, ", "))
}
