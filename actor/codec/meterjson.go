package codec

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// json counts one value, as cbor does. Slices and maps grow while they are read:
// encoding/json does not know their lengths before.
func (m *meter) json(sh *shape, b []byte, depth int) (rest []byte, ok bool) {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || depth > m.depthLimit {
		return nil, false
	}
	for sh != nil && sh.kind == shapePointer {
		if b[0] == 'n' {
			sh = nil
			break
		}
		m.left -= allocated(sizeOf(sh.elem.typ))
		sh = sh.elem
	}
	switch b[0] {
	case '{':
		return m.jsonObject(sh, b[1:], depth+1)
	case '[':
		return m.jsonArray(sh, b[1:], depth+1)
	}
	n := scalarEnd(b)
	if n == 0 {
		return nil, false
	}
	if sh != nil {
		m.left -= allocated(int64(n)) // the text, or what a number is parsed from
		if sh.kind == shapeAny {
			m.left -= stringSize
		}
		if b[0] == '"' && bytes.IndexByte(b[:n], '\\') >= 0 || sh.kind == shapeBytes {
			m.left -= allocated(int64(n)) // first without its escapes
		}
	}
	return b[n:], m.left >= 0
}

// scalarEnd returns where a string, a number or a word ends.
func scalarEnd(b []byte) int {
	if b[0] == '"' {
		for i := 1; i < len(b); i++ {
			switch b[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return 0
	}
	if n := bytes.IndexAny(b, ",]} \t\r\n"); n >= 0 {
		return n
	}
	return len(b)
}

func (m *meter) jsonArray(sh *shape, b []byte, depth int) (rest []byte, ok bool) {
	var elem *shape
	var each int64
	switch {
	case sh == nil:
	case sh.kind == shapeAny:
		m.left -= 2 * sliceSize
		elem, each = sh, ifaceSize
	case sh.kind == shapeList:
		elem = sh.elem
		if sh.typ.Kind() == reflect.Slice {
			each = max(1, sizeOf(elem.typ))
		}
	}
	return m.jsonParts(b, ']', func(rest []byte, i int) ([]byte, bool) {
		if i == 0 && each > 0 {
			m.left -= allocated(groupSlots * each) // the least that a slice begins with
		}
		if !m.pay(maxGrown * each) {
			return nil, false
		}
		return m.json(elem, rest, depth)
	})
}

func (m *meter) jsonObject(sh *shape, b []byte, depth int) (rest []byte, ok bool) {
	var key, elem *shape
	keySize, elemSize := int64(stringSize), int64(ifaceSize)
	isMap := sh != nil && (sh.kind == shapeAny || sh.kind == shapeDict)
	if isMap {
		key, elem = &m.text, sh
		if sh.kind == shapeDict {
			elem, keySize, elemSize = sh.elem, sizeOf(sh.key.typ), sizeOf(sh.elem.typ)
		}
		m.left -= mapCost(0, keySize, elemSize)
	}
	return m.jsonParts(b, '}', func(rest []byte, i int) ([]byte, bool) {
		switch {
		case isMap && i == 0:
			m.left -= mapCost(1, keySize, elemSize)
		case isMap && i >= groupSlots:
			m.left -= 2 * (mapCost(groupSlots+1, keySize, elemSize) - mapCost(0, keySize, elemSize)) / groupSlots
		case isMap && (keySize > maxInline || elemSize > maxInline):
			m.left -= allocated(keySize) + allocated(elemSize)
		}
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' {
			return nil, false
		}
		if sh != nil && sh.kind == shapeRecord {
			elem = m.jsonField(sh, rest)
		}
		rest, ok := m.json(key, rest, depth)
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if !ok || len(rest) == 0 || rest[0] != ':' {
			return nil, false
		}
		return m.json(elem, rest[1:], depth)
	})
}

// jsonParts counts what is between commas, up to the end of an array or object.
func (m *meter) jsonParts(b []byte, end byte, part func(rest []byte, i int) ([]byte, bool)) (rest []byte, ok bool) {
	rest = bytes.TrimLeft(b, " \t\r\n")
	if len(rest) > 0 && rest[0] == end {
		return rest[1:], m.left >= 0
	}
	for i := 0; ; i++ {
		if rest, ok = part(rest, i); !ok || m.left < 0 {
			return nil, false
		}
		rest = bytes.TrimLeft(rest, " \t\r\n")
		switch {
		case len(rest) > 0 && rest[0] == end:
			return rest[1:], true
		case len(rest) == 0 || rest[0] != ',':
			return nil, false
		}
		rest = rest[1:]
	}
}

// jsonField returns the shape of the field whose name comes next.
func (m *meter) jsonField(sh *shape, b []byte) *shape {
	n := scalarEnd(b)
	if n < 2 {
		return nil
	}
	name := b[1 : n-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		m.left -= allocated(int64(n))
		var plain string
		if json.Unmarshal(b[:n], &plain) != nil {
			return nil
		}
		name = []byte(plain)
	}
	f := sh.fieldOf(name, false)
	for i := 0; f == nil && i < len(sh.fields); i++ {
		if bytes.EqualFold([]byte(sh.fields[i].key), name) {
			f = &sh.fields[i]
		}
	}
	if f == nil {
		return nil
	}
	m.left -= sh.embeddedCost(f)
	return f.shape
}
