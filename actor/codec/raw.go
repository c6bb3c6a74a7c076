package codec

const nameRaw = "raw"

// Raw returns the codec that sends bytes as they are. Its name is "raw".
//
// Append and Parse copy: the slice given to Append may be changed as soon as
// it returned, and the slice that Parse returned belongs to the caller. Parse
// returns an empty slice, never nil, for no bytes. For large bodies the copy
// is cheap next to the fresh slice that each Parse needs; a program that has
// buffers to reuse writes a [Codec] of its own, whose Parse takes one from
// where it keeps them, and gives it the name "raw".
func Raw() Codec[[]byte] { return rawCodec[[]byte]{} }

// RawString is [Raw] for a string that need not be UTF-8, such as a path or a
// line of somebody's output. Its name is "raw": on the wire they are the same.
func RawString() Codec[string] { return rawCodec[string]{} }

type rawCodec[T ~[]byte | ~string] struct{}

// Name returns "raw".
func (rawCodec[T]) Name() string { return nameRaw }

// Append implements [Codec]. It never fails.
func (rawCodec[T]) Append(dst []byte, v T) ([]byte, error) {
	return append(dst, v...), nil
}

// Parse implements [Codec]. It never fails.
func (rawCodec[T]) Parse(b []byte) (T, error) {
	return T(append(make([]byte, 0, len(b)), b...)), nil
}
