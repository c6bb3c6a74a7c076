package wire

import "encoding/binary"

// Frame is one header and the bytes behind it. Whoever made the frame says how
// long Payload is valid.
type Frame struct {
	Header
	Payload []byte
}

// AppendFrame appends one frame whose payload is the parts, one after the
// other. It does not cut: the caller knows that the payload is within the
// agreed limit; [BeginFrame] and [EndMessage] are for what may be long.
func AppendFrame(dst []byte, kind Kind, flags Flags, id uint64, payload ...[]byte) []byte {
	start := len(dst)
	dst = BeginFrame(dst, kind, id)
	dst[start+5] = byte(flags)
	for _, p := range payload {
		dst = append(dst, p...)
	}
	return EndFrame(dst, start)
}

// BeginFrame appends the header of a frame whose length is not known yet. The
// payload is appended next, then [EndFrame] or [EndMessage] is called with
// the length that dst had before.
func BeginFrame(dst []byte, kind Kind, id uint64) []byte {
	var h [HeaderSize]byte
	PutHeader(h[:], Header{Kind: kind, ID: id})
	return append(dst, h[:]...)
}

// EndFrame writes the payload's length into the header at start. It does not
// look at any limit: for frames that are short by construction.
func EndFrame(dst []byte, start int) []byte {
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-HeaderSize))
	return dst
}

// EndMessage ends the frame begun at start and, when its payload is longer
// than l.MaxFrame, cuts it in place into a first frame and CHUNK frames. l is
// what both sides agreed on; a zero field means its default.
//
// A payload above l.MaxBody, or one above l.MaxFrame in a kind that is never
// continued, is a [*LimitError]; dst is then returned as it was before
// [BeginFrame], so that the connection goes on.
func EndMessage(dst []byte, start int, l Limits) ([]byte, error) {
	l = l.OrDefault()
	size := len(dst) - start - HeaderSize
	if uint64(size) > l.MaxBody {
		return dst[:start], &LimitError{What: BoundBody, Limit: l.MaxBody, Size: uint64(size)}
	}
	limit := int(l.MaxFrame)
	if size <= limit {
		return EndFrame(dst, start), nil
	}
	kind := Kind(dst[start+4])
	if f, _ := kind.facts(); !f.more {
		return dst[:start], &LimitError{What: BoundFrame, Limit: uint64(limit), Size: uint64(size)}
	}
	return cut(dst, start, size, limit), nil
}

// cut makes room for the headers of the CHUNKs by moving the pieces apart,
// the last one first, so that none is overwritten before it was moved.
func cut(dst []byte, start, size, limit int) []byte {
	h := Header{Kind: Kind(dst[start+4]), ID: binary.LittleEndian.Uint64(dst[start+8:])}
	last := (size - 1) / limit
	body := start + HeaderSize
	dst = append(dst, make([]byte, last*HeaderSize)...)
	for i := last; i > 0; i-- {
		n := min(limit, size-i*limit)
		at := start + i*(HeaderSize+limit)
		copy(dst[at+HeaderSize:at+HeaderSize+n], dst[body+i*limit:])
		flags := FlagMore
		if i == last {
			flags = 0
		}
		PutHeader(dst[at:], Header{Length: uint32(n), Kind: KindChunk, Flags: flags, ID: h.ID})
	}
	PutHeader(dst[start:], Header{Length: uint32(limit), Kind: h.Kind, Flags: FlagMore, ID: h.ID})
	return dst
}
