package codec

import "encoding/binary"

// The parts of RFC 8949 that the paths without reflection write themselves:
// the head of a data item (section 3) and three simple values (section 3.3).
const (
	majorUnsigned byte = 0 << 5
	majorNegative byte = 1 << 5
	majorBytes    byte = 2 << 5
	majorText     byte = 3 << 5
	majorArray    byte = 4 << 5
	majorMap      byte = 5 << 5
	majorTag      byte = 6 << 5
	majorMask     byte = 7 << 5

	simpleFalse byte = 0xf4
	simpleTrue  byte = 0xf5
	simpleNull  byte = 0xf6

	// Additional information: smaller values are the argument itself.
	follow1, follow2, follow4, follow8 byte = 24, 25, 26, 27
)

// appendHead appends major type and argument in the shortest form.
func appendHead(dst []byte, major byte, n uint64) []byte {
	switch {
	case n < uint64(follow1):
		return append(dst, major|byte(n))
	case n <= 0xff:
		return append(dst, major|follow1, byte(n))
	case n <= 0xffff:
		return binary.BigEndian.AppendUint16(append(dst, major|follow2), uint16(n))
	case n <= 0xffff_ffff:
		return binary.BigEndian.AppendUint32(append(dst, major|follow4), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|follow8), n)
}

// parseHead reads major type and argument and returns what follows them. It is
// false for a head that is cut off, reserved or of indefinite length.
func parseHead(b []byte) (major byte, n uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, 0, nil, false
	}
	major, info, rest := b[0]&majorMask, b[0]&^majorMask, b[1:]
	switch {
	case info < follow1:
		return major, uint64(info), rest, true
	case info == follow1 && len(rest) >= 1:
		return major, uint64(rest[0]), rest[1:], true
	case info == follow2 && len(rest) >= 2:
		return major, uint64(binary.BigEndian.Uint16(rest)), rest[2:], true
	case info == follow4 && len(rest) >= 4:
		return major, uint64(binary.BigEndian.Uint32(rest)), rest[4:], true
	case info == follow8 && len(rest) >= 8:
		return major, binary.BigEndian.Uint64(rest), rest[8:], true
	}
	return 0, 0, nil, false
}
