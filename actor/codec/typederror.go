package codec

import (
	"errors"
	"fmt"
)

// Error returns a codec for the errors of a task, made of one for its typed
// error E. It has the name of c.
//
// Append encodes the first E that errors.As finds in the error. If there is
// none it fails with [ErrOtherType], and the sender falls back to the error's
// text. What wraps the E does not travel; the E's own fields are all that the
// other side sees. Parse returns an E, so that errors.As finds it there too.
func Error[E error](c Codec[E]) Codec[error] { return errorCodec[E]{of: c} }

type errorCodec[E error] struct{ of Codec[E] }

func (c errorCodec[E]) within(l Limits) Codec[error] { return errorCodec[E]{of: Within(c.of, l)} }

func (c errorCodec[E]) check() error { return Check(c.of) }

// Name returns the name of the codec for E.
func (c errorCodec[E]) Name() string { return Name(c.of) }

// Append implements [Codec].
func (c errorCodec[E]) Append(dst []byte, err error) ([]byte, error) {
	typed, ok := errors.AsType[E](err)
	if !ok {
		return dst, failed[E](OpAppend, c.Name(), fmt.Errorf("%w: %T", ErrOtherType, err))
	}
	return c.of.Append(dst, typed)
}

// Parse implements [Codec].
func (c errorCodec[E]) Parse(b []byte) (error, error) { return c.parseWithin(b, 0) }

func (c errorCodec[E]) parseWithin(b []byte, memory int64) (error, error) {
	typed, err := ParseWithin(c.of, b, memory)
	if err != nil {
		return nil, err
	}
	return typed, nil
}
