package codec

import (
	"bytes"
	"reflect"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// Limits of what Parse accepts. They are part of the protocol: input beyond
// them is refused on both sides of a wire.
const (
	MaxNesting  = 64      // levels of arrays and maps in each other
	MaxElements = 1 << 24 // elements of one CBOR array
	MaxPairs    = 1 << 20 // pairs of one CBOR map
)

const nameCBOR = "cbor"

// CBOR returns the codec that writes RFC 8949, the default of this project.
// Its name is "cbor".
//
// What it writes is deterministic (RFC 8949, section 4.2.1): shortest forms,
// definite lengths, sorted map keys. A struct is a map from field names to
// values; the `cbor:"name,omitempty"` tag and, without one, the `json` tag
// choose the names. A time.Time is RFC 3339 text with nanoseconds and keeps
// its offset, not its location nor its monotonic reading. A type with
// MarshalBinary is a byte string, else one with MarshalText is text. A nil
// slice or map is null and comes back nil. []byte, string, bool and the
// predeclared integers are written without reflection, to the same bytes.
//
// What it reads is held to limits: [MaxNesting], [MaxElements] and [MaxPairs];
// no indefinite lengths, no tags (so an integer beyond 64 bits cannot be sent
// as a *big.Int), no key twice in one map, no text that is not UTF-8, nothing
// after the value. Fields that T does not have are ignored, and fields that
// are missing stay zero, so that two versions of a program can talk. Field
// names match by case. Into an interface an integer becomes an int64 (beyond
// its range a *big.Int) and a map a map[string]any.
//
// A value that contains itself cannot be encoded; the attempt overflows the
// stack, as any endless recursion does.
func CBOR[T any]() Codec[T] {
	library := newCBOR[T]()
	if fast, ok := plainFor[T](); ok {
		return &plainCodec[T]{fast: fast, library: library}
	}
	return library
}

// cborCodec encodes by reflection.
type cborCodec[T any] struct {
	enc     cbor.UserBufferEncMode
	dec     cbor.DecMode
	scratch sync.Pool // of *scratch[T]
}

// scratch is what a call needs beside its arguments. It is kept, because both
// parts would escape to the heap in each call: the library takes them as
// pointers.
type scratch[T any] struct {
	buf   bytes.Buffer
	value T
}

func newCBOR[T any]() *cborCodec[T] {
	enc, dec := cborModes()
	return &cborCodec[T]{enc: enc, dec: dec}
}

// cborModes turns the options below into the library's form. They are
// constants and valid, which a test holds, so there is no error to return.
func cborModes() (cbor.UserBufferEncMode, cbor.DecMode) {
	enc, _ := encOptions().UserBufferEncMode()
	dec, _ := decOptions().DecMode()
	return enc, dec
}

func encOptions() cbor.EncOptions {
	opts := cbor.CoreDetEncOptions()
	opts.TagsMd = cbor.TagsForbidden
	opts.Time = cbor.TimeRFC3339Nano // the library's default cuts off the fraction of a second
	opts.TextMarshaler = cbor.TextMarshalerTextString
	return opts
}

func decOptions() cbor.DecOptions {
	return cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   MaxNesting,
		MaxArrayElements:  MaxElements,
		MaxMapPairs:       MaxPairs,
		UTF8:              cbor.UTF8RejectInvalid,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
		TextUnmarshaler:   cbor.TextUnmarshalerTextString,
		IntDec:            cbor.IntDecConvertSignedOrBigInt,
		DefaultMapType:    reflect.TypeFor[map[string]any](),
	}
}

// Name returns "cbor".
func (c *cborCodec[T]) Name() string { return nameCBOR }

// Append implements [Codec].
func (c *cborCodec[T]) Append(dst []byte, v T) ([]byte, error) {
	s := c.take()
	defer c.give(s)
	s.buf = *bytes.NewBuffer(dst)
	s.value = v
	if err := c.enc.MarshalToBuffer(&s.value, &s.buf); err != nil {
		return dst, failed[T](OpAppend, nameCBOR, err)
	}
	return s.buf.Bytes(), nil
}

// Parse implements [Codec].
func (c *cborCodec[T]) Parse(b []byte) (T, error) {
	s := c.take()
	defer c.give(s)
	if err := c.dec.Unmarshal(b, &s.value); err != nil {
		var zero T
		return zero, failed[T](OpParse, nameCBOR, err)
	}
	return s.value, nil
}

func (c *cborCodec[T]) take() *scratch[T] {
	s, ok := c.scratch.Get().(*scratch[T])
	if !ok {
		s = new(scratch[T])
	}
	return s
}

// give empties s before it is kept, so that it holds on to neither the
// caller's buffer nor to what a value points to, and so that the next Parse
// starts from a zero value.
func (c *cborCodec[T]) give(s *scratch[T]) {
	*s = scratch[T]{}
	c.scratch.Put(s)
}

// appendCBOR appends the encoding of v to dst. It is for callers without a
// scratch of their own.
func appendCBOR(enc cbor.UserBufferEncMode, dst []byte, v any) ([]byte, error) {
	buf := bytes.NewBuffer(dst)
	if err := enc.MarshalToBuffer(v, buf); err != nil {
		return dst, err
	}
	return buf.Bytes(), nil
}
