package codec

import "reflect"

// A Codec turns values of type T into bytes and back.
//
// The two methods are each other's inverse: Parse of what Append added is a
// value equal to v. A codec must be safe for use by several goroutines.
type Codec[T any] interface {
	// Append adds the encoding of v to dst and returns the extended slice, as
	// the builtin append does. On an error it returns dst as it was given;
	// bytes beyond its length may have been overwritten.
	Append(dst []byte, v T) ([]byte, error)

	// Parse decodes b, all of it, into a value. It must not keep b nor a part
	// of it: the caller reuses it for the next message. On an error the value
	// is T's zero value.
	Parse(b []byte) (T, error)
}

// Named is what a [Codec] also implements to have a name on the wire. The name
// stands for the byte format, not for the Go type: two programs whose codecs
// have the same name must be able to read each other. It is at most 64 bytes
// of printable ASCII.
type Named interface {
	Name() string
}

// Name returns the name under which c is negotiated. A codec that is not
// [Named] is called "custom/" and its Go type, which is enough for two copies
// of one program to recognize each other.
func Name[T any](c Codec[T]) string {
	if n, ok := c.(Named); ok {
		return n.Name()
	}
	if c == nil {
		return ""
	}
	return "custom/" + reflect.TypeOf(c).String()
}

// Default returns the codec of a type for which none was chosen: [CBOR], for
// every type.
func Default[T any]() Codec[T] { return CBOR[T]() }
