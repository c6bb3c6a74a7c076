package codec

import (
	"bytes"
	"encoding/json"
	"reflect"
	"sync"
	"unicode/utf8"
)

const nameJSON = "json"

// JSON returns the codec that writes RFC 8259 by encoding/json. Its name is
// "json".
//
// It writes no final newline and does not escape HTML. Text in v that is not
// UTF-8 is refused, where encoding/json would change it; use [CBOR] or [Raw] for
// bytes.
//
// It reads one value: anything but white space after it is refused, and so is
// input that is not UTF-8 or is nested deeper than [MaxNesting]. What it writes
// is held to the limits of [CBOR], with the same errors; [Within] sets the depth
// for both. Types and values that would lose a part are refused as there, and so
// is an integer beyond 2^53 in an interface, which would come back as a float64
// with other digits. Fields that T
// does not have are ignored; of a key that comes twice the last one counts,
// and names match without regard to case, as in encoding/json.
func JSON[T any]() Codec[T] {
	return newJSON[T](Limits{})
}

func newJSON[T any](l Limits) *jsonCodec[T] {
	return &jsonCodec[T]{inspector: newInspector[T](formJSON, l)}
}

func (c *jsonCodec[T]) within(l Limits) Codec[T] { return newJSON[T](l) }

func (c *jsonCodec[T]) check() error {
	if err := c.inspector.check(); err != nil {
		return failed[T](OpAppend, c.Name(), err)
	}
	return nil
}

type jsonCodec[T any] struct {
	inspector *inspector
	writers   sync.Pool // of *jsonWriter[T]
}

// jsonWriter is an encoder that is kept, with the buffer that it is bound to.
type jsonWriter[T any] struct {
	buf   bytes.Buffer
	enc   *json.Encoder
	value T // by pointer it reaches the encoder without an allocation
}

func newJSONWriter[T any]() *jsonWriter[T] {
	w := new(jsonWriter[T])
	w.enc = json.NewEncoder(&w.buf)
	w.enc.SetEscapeHTML(false)
	return w
}

// Name returns "json", and the depth if that was set.
func (c *jsonCodec[T]) Name() string { return c.inspector.limits.named(nameJSON) }

// Append implements [Codec].
func (c *jsonCodec[T]) Append(dst []byte, v T) ([]byte, error) {
	w, ok := c.writers.Get().(*jsonWriter[T])
	if !ok {
		w = newJSONWriter[T]()
	}
	defer c.give(w)
	w.buf = *bytes.NewBuffer(dst)
	w.value = v
	nested, err := c.inspector.inspect(reflect.ValueOf(&w.value).Elem())
	if err == nil {
		err = w.enc.Encode(&w.value)
	}
	if err == nil && nested {
		err = nestedAtMost(w.buf.Bytes()[len(dst):], c.inspector.limits)
	}
	if err != nil {
		return dst, failed[T](OpAppend, nameJSON, err)
	}
	out := w.buf.Bytes()
	return out[:len(out)-1], nil // the newline that Encode adds
}

func (c *jsonCodec[T]) give(w *jsonWriter[T]) {
	var zero T
	w.buf, w.value = bytes.Buffer{}, zero
	c.writers.Put(w)
}

// Parse implements [Codec].
func (c *jsonCodec[T]) Parse(b []byte) (T, error) { return c.parseWithin(b, 0) }

func (c *jsonCodec[T]) parseWithin(b []byte, memory int64) (T, error) {
	var v, zero T
	if err := c.inspector.readable(); err != nil {
		return zero, failed[T](OpParse, nameJSON, err)
	}
	if !utf8.Valid(b) {
		return zero, failed[T](OpParse, nameJSON, ErrNotUTF8)
	}
	if err := nestedAtMost(b, c.inspector.limits); err != nil {
		return zero, failed[T](OpParse, nameJSON, err)
	}
	if err := c.inspector.affords(b, memory); err != nil {
		return zero, failed[T](OpParse, nameJSON, err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return zero, failed[T](OpParse, nameJSON, err)
	}
	return v, nil
}

func nestedAtMost(b []byte, l Limits) error {
	if nestedDeeper(b, l.depth()) {
		return &LimitError{What: BoundDepth, Limit: uint64(l.depth())}
	}
	return nil
}

// nestedDeeper reports whether b opens more than limit brackets at once. It
// looks at brackets outside of strings only and leaves all other syntax to the
// parser, whose own limit is 10,000.
func nestedDeeper(b []byte, limit int) bool {
	depth, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++ // whatever it is, it does not end the string
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			if depth++; depth > limit {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}
