package wire

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Pair is one entry of a [Map].
type Pair struct{ Key, Value string }

// Map is a bounded set of strings by name, in the order in which it is sent:
// at most [MaxMapEntries] entries and [MaxMapBytes] bytes of keys and values.
// A slice and not a Go map: it is small, ordered, and costs nothing when empty.
type Map []Pair

// Get returns the value of key, and whether there is one.
func (m Map) Get(key string) (string, bool) {
	for _, p := range m {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// mapWriter appends a map whose number of entries is known only at its end.
type mapWriter struct {
	kind  Kind
	dst   []byte
	start int
	count uint32
	err   error
}

func beginMap(kind Kind, dst []byte) mapWriter {
	return mapWriter{kind: kind, start: len(dst), dst: append(dst, 0, 0, 0, 0)}
}

func (w *mapWriter) str(key, value string) {
	w.dst = appendStr(w.dst, key)
	w.dst = appendStr(w.dst, value)
	w.count++
}

// text appends a value that a user gave under a key that is ours.
func (w *mapWriter) text(key, value string) {
	if w.err == nil && !utf8.ValidString(value) {
		w.err = &FormatError{Kind: w.kind, Field: key, Problem: ProblemText}
	}
	w.str(key, value)
}

// uint appends a number as decimal text without a string in between.
func (w *mapWriter) uint(key string, value uint64) {
	w.dst = appendStr(w.dst, key)
	at := len(w.dst)
	w.dst = strconv.AppendUint(append(w.dst, 0, 0, 0, 0), value, 10)
	binary.LittleEndian.PutUint32(w.dst[at:], uint32(len(w.dst)-at-4))
	w.count++
}

// pairs appends entries that a user gave, and so checks them.
func (w *mapWriter) pairs(m Map, taken ...string) {
	for i, p := range m {
		if w.err != nil {
			return
		}
		w.err = checkName(w.kind, "key", p.Key)
		switch {
		case w.err != nil:
		case p.Key == "":
			w.err = &FormatError{Kind: w.kind, Field: "key", Problem: ProblemEmpty}
		case !utf8.ValidString(p.Value):
			w.err = &FormatError{Kind: w.kind, Field: p.Key, Problem: ProblemText}
		case hasKey(m[:i], p.Key) || slices.Contains(taken, p.Key):
			w.err = &FormatError{Kind: w.kind, Field: p.Key, Problem: ProblemDuplicate}
		}
		w.str(p.Key, p.Value)
	}
}

// end returns dst with the whole map, or the first problem.
func (w *mapWriter) end() ([]byte, error) {
	size := len(w.dst) - w.start - 4 - 8*int(w.count)
	switch {
	case w.err != nil:
		return w.dst[:w.start], w.err
	case w.count > MaxMapEntries:
		return w.dst[:w.start], &LimitError{What: BoundMapEntries, Limit: MaxMapEntries, Size: uint64(w.count)}
	case size > MaxMapBytes:
		return w.dst[:w.start], &LimitError{What: BoundMapBytes, Limit: MaxMapBytes, Size: uint64(size)}
	}
	binary.LittleEndian.PutUint32(w.dst[w.start:], w.count)
	return w.dst, nil
}

func hasKey(m Map, key string) bool {
	_, ok := m.Get(key)
	return ok
}

// MapView is a map as it stands in a payload: parsing it allocates nothing,
// and what it returns aliases the payload. The zero value is an empty map.
type MapView struct {
	b []byte // the entries, already checked
	n int
}

// Len returns the number of entries.
func (v MapView) Len() int { return v.n }

// All yields the entries in their order. Keys and values alias the payload.
func (v MapView) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		b := v.b
		for range v.n {
			var key, value []byte
			key, b = cutStr(b)
			value, b = cutStr(b)
			if !yield(key, value) {
				return
			}
		}
	}
}

// Get returns the value of key, aliasing the payload, and whether there is one.
func (v MapView) Get(key string) ([]byte, bool) {
	b := v.b
	for range v.n {
		var k, value []byte
		k, b = cutStr(b)
		value, b = cutStr(b)
		if string(k) == key {
			return value, true
		}
	}
	return nil, false
}

// Map returns a copy that outlives the payload; nil for an empty map.
func (v MapView) Map() Map {
	if v.n == 0 {
		return nil
	}
	m := make(Map, 0, v.n)
	for k, val := range v.All() {
		m = append(m, Pair{Key: string(k), Value: string(val)})
	}
	return m
}

func (v MapView) has(key []byte) bool {
	b := v.b
	for range v.n {
		var k []byte
		k, b = cutStr(b)
		if bytes.Equal(k, key) {
			return true
		}
		_, b = cutStr(b)
	}
	return false
}

// cutStr cuts a string off b, which was checked to hold one.
func cutStr(b []byte) (s, rest []byte) {
	n := binary.LittleEndian.Uint32(b)
	return b[4 : 4+n : 4+n], b[4+n:]
}

// fields reads a map and checks all of it: the bounds, UTF-8, empty and
// repeated keys.
func (c *cursor) fields(field string) MapView {
	n := c.u32(field)
	if c.err == nil && n > MaxMapEntries {
		c.limit(BoundMapEntries, MaxMapEntries, uint64(n))
	}
	if c.err != nil {
		return MapView{}
	}
	start, size := c.off, 0
	for i := range int(n) {
		at := c.off
		key := c.name(field)
		size += len(key) + len(c.str(field))
		if c.err != nil {
			return MapView{}
		}
		if (MapView{b: c.b[start:at], n: i}).has(key) {
			c.fail(field, at, ProblemDuplicate)
		}
		if len(key) == 0 {
			c.fail(field, at, ProblemEmpty)
		}
		if size > MaxMapBytes {
			c.limit(BoundMapBytes, MaxMapBytes, uint64(size))
		}
	}
	return MapView{b: c.b[start:c.off:c.off], n: int(n)}
}
