package wire

import "encoding/binary"

// HeaderSize is the length of every frame's header in bytes.
const HeaderSize = 16

// Flags are the bits of a header's sixth byte. Bits without a name are zero.
type Flags uint8

// FlagMore says that the message goes on in a CHUNK frame with the same id.
const FlagMore Flags = 1 << 0

// Header is what stands before each payload: 16 bytes, little-endian.
//
//	0  u32 length of the payload in bytes
//	4  u8  kind
//	5  u8  flags
//	6  u16 zero
//	8  u64 id of the call; zero is the connection itself
type Header struct {
	Length uint32
	Kind   Kind
	Flags  Flags
	ID     uint64
}

// PutHeader writes h into the first [HeaderSize] bytes of dst, which must be
// that long. It writes what it is given; [ParseHeader] is what checks.
func PutHeader(dst []byte, h Header) {
	_ = dst[HeaderSize-1]
	binary.LittleEndian.PutUint32(dst[0:], h.Length)
	dst[4] = byte(h.Kind)
	dst[5] = byte(h.Flags)
	dst[6], dst[7] = 0, 0
	binary.LittleEndian.PutUint64(dst[8:], h.ID)
}

// ParseHeader reads the header at the start of b and checks all that can be
// known from it alone: that the kind is known or optional ([*UnknownKindError]), that
// reserved bits are zero, that only messages have [FlagMore], and that calls
// have an id and the connection's frames have none ([*FormatError]). It does
// not look at the length; [Reader] holds that against its limit.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < HeaderSize {
		return Header{}, &FormatError{Field: "header", Offset: len(b), Problem: ProblemShort}
	}
	h := Header{
		Length: binary.LittleEndian.Uint32(b[0:]),
		Kind:   Kind(b[4]),
		Flags:  Flags(b[5]),
		ID:     binary.LittleEndian.Uint64(b[8:]),
	}
	facts, known := h.Kind.facts()
	if !known && !h.Kind.Optional() {
		return h, &UnknownKindError{Kind: h.Kind}
	}
	if h.Flags&^FlagMore != 0 || (h.Flags != 0 && !facts.more) {
		return h, &FormatError{Kind: h.Kind, Field: "flags", Offset: 5, Problem: ProblemReserved}
	}
	if b[6] != 0 || b[7] != 0 {
		return h, &FormatError{Kind: h.Kind, Field: "reserved", Offset: 6, Problem: ProblemReserved}
	}
	if !h.Kind.Optional() && facts.call != (h.ID != 0) {
		return h, &FormatError{Kind: h.Kind, Field: "id", Offset: 8, Problem: ProblemValue}
	}
	return h, nil
}
