package codec

import (
	"bytes"
	"unicode/utf8"
)

// plain is a way to encode one predeclared type without reflection. It is
// chosen once per codec.
type plain[T any] struct {
	// add appends the CBOR of v; false: v cannot be written as valid CBOR.
	add func(dst []byte, v T) ([]byte, bool)
	// parse reads the forms that add writes; false: ask the library, which
	// also knows the other forms and has the error texts.
	parse func(b []byte) (T, bool)
}

// plainCodec writes what cborCodec writes and reads what it reads, sooner.
type plainCodec[T any] struct {
	fast    plain[T]
	library *cborCodec[T]
}

// The predeclared types have no depth: they keep the name.
func (c *plainCodec[T]) within(l Limits) Codec[T] {
	return &plainCodec[T]{fast: c.fast, library: newCBOR[T](l)}
}

// Name returns "cbor".
func (c *plainCodec[T]) Name() string { return nameCBOR }

// Append implements [Codec].
func (c *plainCodec[T]) Append(dst []byte, v T) ([]byte, error) {
	out, ok := c.fast.add(dst, v)
	if !ok {
		return dst, failed[T](OpAppend, nameCBOR, ErrNotUTF8)
	}
	return out, nil
}

// Parse implements [Codec].
func (c *plainCodec[T]) Parse(b []byte) (T, error) { return c.parseWithin(b, 0) }

func (c *plainCodec[T]) parseWithin(b []byte, memory int64) (T, error) {
	if int64(len(b)) <= c.library.inspector.limits.memory(memory)/2 { // otherwise somebody has to count
		if v, ok := c.fast.parse(b); ok {
			return v, nil
		}
	}
	return c.library.parseWithin(b, memory)
}

// plainFor returns the fast path of T if T is one of the predeclared types.
// A defined type (type Level int) is not, since it may have methods that the
// library obeys.
func plainFor[T any]() (plain[T], bool) {
	var found any
	switch any((*T)(nil)).(type) {
	case *[]byte:
		found = plain[[]byte]{addBytes, parseBytes}
	case *string:
		found = plain[string]{addString, parseString}
	case *bool:
		found = plain[bool]{addBool, parseBool}
	case *int:
		found = plain[int]{addSigned[int], parseSigned[int]}
	case *int8:
		found = plain[int8]{addSigned[int8], parseSigned[int8]}
	case *int16:
		found = plain[int16]{addSigned[int16], parseSigned[int16]}
	case *int32:
		found = plain[int32]{addSigned[int32], parseSigned[int32]}
	case *int64:
		found = plain[int64]{addSigned[int64], parseSigned[int64]}
	case *uint:
		found = plain[uint]{addUnsigned[uint], parseUnsigned[uint]}
	case *uint8:
		found = plain[uint8]{addUnsigned[uint8], parseUnsigned[uint8]}
	case *uint16:
		found = plain[uint16]{addUnsigned[uint16], parseUnsigned[uint16]}
	case *uint32:
		found = plain[uint32]{addUnsigned[uint32], parseUnsigned[uint32]}
	case *uint64:
		found = plain[uint64]{addUnsigned[uint64], parseUnsigned[uint64]}
	}
	p, ok := found.(plain[T])
	return p, ok
}

func addBytes(dst, v []byte) ([]byte, bool) {
	if v == nil {
		return append(dst, simpleNull), true
	}
	return append(appendHead(dst, majorBytes, uint64(len(v))), v...), true
}

func parseBytes(b []byte) ([]byte, bool) {
	if len(b) == 1 && b[0] == simpleNull {
		return nil, true
	}
	major, n, rest, ok := parseHead(b)
	if !ok || major != majorBytes || n != uint64(len(rest)) {
		return nil, false
	}
	if n == 0 {
		return []byte{}, true // Clone would make it nil, and so null on the way back
	}
	return bytes.Clone(rest), true
}

func addString(dst []byte, v string) ([]byte, bool) {
	if !utf8.ValidString(v) {
		return dst, false
	}
	return append(appendHead(dst, majorText, uint64(len(v))), v...), true
}

func parseString(b []byte) (string, bool) {
	major, n, rest, ok := parseHead(b)
	if !ok || major != majorText || n != uint64(len(rest)) || !utf8.Valid(rest) {
		return "", false
	}
	return string(rest), true
}

func addBool(dst []byte, v bool) ([]byte, bool) {
	if v {
		return append(dst, simpleTrue), true
	}
	return append(dst, simpleFalse), true
}

func parseBool(b []byte) (value, ok bool) {
	if len(b) != 1 {
		return false, false
	}
	return b[0] == simpleTrue, b[0] == simpleTrue || b[0] == simpleFalse
}

type signed interface {
	int | int8 | int16 | int32 | int64
}

func addSigned[N signed](dst []byte, v N) ([]byte, bool) {
	if v < 0 {
		return appendHead(dst, majorNegative, uint64(-1-int64(v))), true // RFC 8949, 3.1: -1 - argument
	}
	return appendHead(dst, majorUnsigned, uint64(v)), true
}

func parseSigned[N signed](b []byte) (N, bool) {
	major, n, rest, ok := parseHead(b)
	if !ok || len(rest) != 0 || n > 1<<63-1 {
		return 0, false
	}
	v := int64(n)
	switch major {
	case majorUnsigned:
	case majorNegative:
		v = -1 - v
	default:
		return 0, false
	}
	return N(v), int64(N(v)) == v
}

type unsigned interface {
	uint | uint8 | uint16 | uint32 | uint64
}

func addUnsigned[N unsigned](dst []byte, v N) ([]byte, bool) {
	return appendHead(dst, majorUnsigned, uint64(v)), true
}

func parseUnsigned[N unsigned](b []byte) (N, bool) {
	major, n, rest, ok := parseHead(b)
	if !ok || len(rest) != 0 || major != majorUnsigned {
		return 0, false
	}
	return N(n), uint64(N(n)) == n
}
