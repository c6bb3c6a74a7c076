package wire

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// appendStr appends a u32 length and the bytes of s.
func appendStr(dst []byte, s string) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
	return append(dst, s...)
}

// cleanText returns s with bytes that are not UTF-8 replaced, cut at limit
// bytes but never inside a character.
func cleanText(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// checkName holds a name that is about to be sent against MaxName and UTF-8.
func checkName(kind Kind, field, name string) error {
	if len(name) > MaxName {
		return &LimitError{What: BoundName, Limit: MaxName, Size: uint64(len(name))}
	}
	if !utf8.ValidString(name) {
		return &FormatError{Kind: kind, Field: field, Problem: ProblemText}
	}
	return nil
}
