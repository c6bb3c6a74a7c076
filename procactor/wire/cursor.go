package wire

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// cursor reads fields off a payload. The first problem sticks: all later
// reads return zero values, and err is looked at once, at the end.
type cursor struct {
	kind Kind
	b    []byte
	off  int
	err  error
}

func (c *cursor) fail(field string, at int, p Problem) {
	if c.err == nil {
		c.err = &FormatError{Kind: c.kind, Field: field, Offset: at, Problem: p}
	}
}

func (c *cursor) limit(what Bound, limit, size uint64) {
	if c.err == nil {
		c.err = &LimitError{What: what, Limit: limit, Size: size}
	}
}

// take returns the next n bytes, aliasing the payload, or nil when there are
// fewer.
func (c *cursor) take(field string, n int) []byte {
	if c.err != nil {
		return nil
	}
	if n > len(c.b)-c.off {
		c.fail(field, c.off, ProblemShort)
		return nil
	}
	b := c.b[c.off : c.off+n : c.off+n]
	c.off += n
	return b
}

func (c *cursor) u8(field string) uint8 {
	if b := c.take(field, 1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) u16(field string) uint16 {
	if b := c.take(field, 2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) u32(field string) uint32 {
	if b := c.take(field, 4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) u64(field string) uint64 {
	if b := c.take(field, 8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// raw reads a length and that many bytes, aliasing the payload.
func (c *cursor) raw(field string) []byte {
	at := c.off
	n := c.u32(field)
	if c.err == nil && uint64(n) > uint64(len(c.b)-c.off) {
		c.fail(field, at, ProblemShort)
	}
	return c.take(field, int(n))
}

// str reads a string that is not for people only: it must be UTF-8.
func (c *cursor) str(field string) []byte {
	at := c.off
	b := c.raw(field)
	if c.err == nil && !utf8.Valid(b) {
		c.fail(field, at, ProblemText)
	}
	return b
}

// name reads a string of at most MaxName bytes.
func (c *cursor) name(field string) []byte {
	b := c.str(field)
	if c.err == nil && len(b) > MaxName {
		c.limit(BoundName, MaxName, uint64(len(b)))
	}
	return b
}

// text reads a string for people: bytes that are not UTF-8 are replaced, since
// a message is no reason to hang up.
func (c *cursor) text(field string) string { return validText(c.raw(field)) }

// rest returns what is left, aliasing the payload; nil when nothing is.
func (c *cursor) rest() []byte {
	if c.err != nil || c.off == len(c.b) {
		return nil
	}
	b := c.b[c.off:len(c.b):len(c.b)]
	c.off = len(c.b)
	return b
}

// end returns the first problem; bytes that are left are one.
func (c *cursor) end() error {
	if c.err == nil && c.off != len(c.b) {
		c.fail("payload", c.off, ProblemTrailing)
	}
	return c.err
}

func validText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
}
