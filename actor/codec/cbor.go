package codec

import (
	"bytes"
	"errors"
	"reflect"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

const nameCBOR = "cbor"

// CBOR returns the codec that writes RFC 8949, the default of this project.
// Its name is "cbor".
//
// What it writes is deterministic (RFC 8949, section 4.2.1): shortest forms,
// definite lengths, sorted map keys. A struct is a map from field names to
// values; the `cbor:"name,omitempty"` tag and, without one, the `json` tag
// choose the names. A time.Time is RFC 3339 text with nanoseconds and keeps
// its offset, not its location nor its monotonic reading; the zero time is
// null. A type with MarshalBinary is a byte string, otherwise one with MarshalText
// is text. A nil slice or map is null and comes back nil. []byte, string, bool
// and the predeclared integers are written without reflection, to the same
// bytes.
//
// What it reads is held to limits: [MaxNesting], [MaxElements] and [MaxPairs];
// no indefinite lengths, no tags (so an integer beyond 64 bits cannot be sent
// as a *big.Int), no key twice in one map, no text that is not UTF-8, nothing
// after the value. Fields that T does not have are ignored, and fields that
// are missing stay zero, so that two versions of a program can talk. Field
// names match by case. Into an interface an integer becomes an int64 (beyond
// its range a *big.Int) and a map a map[string]any.
//
// What it writes is held to the same limits, so that no value is sent that would
// be refused: one that is beyond them, contains itself or has text that is not
// UTF-8 is an error, which names the place in the value. The limits are a
// [*LimitError]; [Within] sets the depth. A type of which a part would be lost
// is refused as a whole, see [Check], and so is a value that would come back as
// another, with a [*LossError]: a time whose offset has seconds, a pointer to
// what is nil.
func CBOR[T any]() Codec[T] {
	library := newCBOR[T](Limits{})
	if fast, ok := plainFor[T](); ok {
		return &plainCodec[T]{fast: fast, library: library}
	}
	return library
}

// cborCodec encodes by reflection.
type cborCodec[T any] struct {
	enc       cbor.UserBufferEncMode
	dec       cbor.DecMode
	inspector *inspector
	scratch   sync.Pool // of *scratch[T]
}

// scratch is what a call needs beside its arguments. It is kept, because both
// parts would escape to the heap in each call: the library takes them as
// pointers.
type scratch[T any] struct {
	buf   bytes.Buffer
	value T
}

func newCBOR[T any](l Limits) *cborCodec[T] {
	enc, dec := cborModes(l)
	return &cborCodec[T]{enc: enc, dec: dec, inspector: newInspector[T](formCBOR, l)}
}

func (c *cborCodec[T]) within(l Limits) Codec[T] { return newCBOR[T](l) }

func (c *cborCodec[T]) check() error {
	if err := c.inspector.check(); err != nil {
		return failed[T](OpAppend, c.Name(), err)
	}
	return nil
}

// cborModes turns the options below into the library's form. They are valid for
// all limits, which a test holds, so there is no error to return.
func cborModes(l Limits) (cbor.UserBufferEncMode, cbor.DecMode) {
	enc, _ := encOptions().UserBufferEncMode()
	dec, _ := decOptions(l.depth()).DecMode()
	return enc, dec
}

func encOptions() cbor.EncOptions {
	opts := cbor.CoreDetEncOptions()
	opts.TagsMd = cbor.TagsForbidden
	opts.Time = cbor.TimeRFC3339Nano // the library's default cuts off the fraction of a second
	opts.TextMarshaler = cbor.TextMarshalerTextString
	return opts
}

func decOptions(depth int) cbor.DecOptions {
	return cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   depth,
		MaxArrayElements:  MaxElements,
		MaxMapPairs:       MaxPairs,
		UTF8:              cbor.UTF8RejectInvalid,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
		TextUnmarshaler:   cbor.TextUnmarshalerTextString,
		IntDec:            cbor.IntDecConvertSignedOrBigInt,
		BigIntDec:         cbor.BigIntDecodePointer,
		DefaultMapType:    reflect.TypeFor[map[string]any](),
	}
}

// Name returns "cbor", and the depth if that was set.
func (c *cborCodec[T]) Name() string { return c.inspector.limits.named(nameCBOR) }

// Append implements [Codec].
func (c *cborCodec[T]) Append(dst []byte, v T) ([]byte, error) {
	s := c.take()
	defer c.give(s)
	s.buf = *bytes.NewBuffer(dst)
	s.value = v
	if err := c.write(s, len(dst)); err != nil {
		return dst, failed[T](OpAppend, nameCBOR, err)
	}
	return s.buf.Bytes(), nil
}

// write appends the encoding of s.value to s.buf, which has kept bytes already.
func (c *cborCodec[T]) write(s *scratch[T], kept int) error {
	nested, err := c.inspector.inspect(reflect.ValueOf(&s.value).Elem())
	if err != nil {
		return err
	}
	if err := c.enc.MarshalToBuffer(&s.value, &s.buf); err != nil {
		return err
	}
	if nested {
		return ofLibrary(c.dec.Wellformed(s.buf.Bytes()[kept:]), c.inspector.limits)
	}
	return nil
}

// Parse implements [Codec].
func (c *cborCodec[T]) Parse(b []byte) (T, error) { return c.parseWithin(b, 0) }

func (c *cborCodec[T]) parseWithin(b []byte, memory int64) (T, error) {
	var zero T
	if err := c.inspector.readable(); err != nil {
		return zero, failed[T](OpParse, nameCBOR, err)
	}
	if err := c.inspector.affords(b, memory); err != nil {
		return zero, failed[T](OpParse, nameCBOR, err)
	}
	s := c.take()
	defer c.give(s)
	if err := c.dec.Unmarshal(b, &s.value); err != nil {
		return zero, failed[T](OpParse, nameCBOR, ofLibrary(err, c.inspector.limits))
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

// ofLibrary makes one of our errors of the library's about a limit.
func ofLibrary(err error, l Limits) error {
	var (
		levels   *cbor.MaxNestedLevelError
		elements *cbor.MaxArrayElementsError
		pairs    *cbor.MaxMapPairsError
	)
	switch {
	case errors.As(err, &levels):
		return &LimitError{What: BoundDepth, Limit: uint64(l.depth()), Err: err}
	case errors.As(err, &elements):
		return &LimitError{What: BoundElements, Limit: MaxElements, Err: err}
	case errors.As(err, &pairs):
		return &LimitError{What: BoundPairs, Limit: MaxPairs, Err: err}
	}
	return err
}
