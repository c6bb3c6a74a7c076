package codec

import (
	"reflect"
	"strconv"
)

// cbor counts one item that is decoded into the shape, or skipped if that is nil.
// It returns what is behind it; false when there is no more to pay for: the
// budget is over, or what follows is malformed, which is for the library to say.
func (m *meter) cbor(sh *shape, b []byte, depth int) (rest []byte, ok bool) {
	major, n, rest, ok := parseHead(b)
	if !ok || depth > m.depthLimit {
		return nil, false
	}
	for sh != nil && sh.kind == shapePointer {
		if b[0] == simpleNull || !m.pay(allocated(sizeOf(sh.elem.typ))) {
			return rest, m.left >= 0
		}
		sh = sh.elem
	}
	isAny := sh != nil && sh.kind == shapeAny
	switch major {
	case majorBytes, majorText:
		if n > uint64(len(rest)) {
			return nil, false
		}
		if sh != nil && (isAny || sh.kind == shapeText || sh.kind == shapeBytes) {
			m.left -= allocated(int64(n))
		}
		if isAny {
			m.left -= sliceSize
		}
		return rest[n:], m.left >= 0
	case majorArray:
		return m.cborArray(sh, rest, n, depth+1)
	case majorMap:
		return m.cborMap(sh, rest, n, depth+1)
	case majorTag:
		return nil, false
	}
	if isAny {
		m.left -= 8
		if n > 1<<63-1 {
			m.left -= bigSize
		}
	}
	return rest, m.left >= 0
}

func (m *meter) cborArray(sh *shape, b []byte, n uint64, depth int) (rest []byte, ok bool) {
	if n > uint64(len(b)) {
		return nil, false
	}
	var elem *shape
	count := n // of those that are decoded; the others are skipped
	switch {
	case sh == nil:
	case sh.kind == shapeAny:
		m.left -= allocated(int64(n)*ifaceSize) + sliceSize
		elem = sh
	case sh.kind == shapeList:
		elem = sh.elem
		if sh.typ.Kind() == reflect.Slice {
			m.left -= allocated(int64(n)*sizeOf(elem.typ)) + sliceSize
		} else {
			count = uint64(sh.typ.Len())
		}
	case sh.kind == shapeRecord:
		count = uint64(len(sh.fields))
	}
	rest, ok = b, m.left >= 0
	for i := uint64(0); i < n && ok; i++ {
		switch {
		case i >= count:
			elem = nil
		case sh != nil && sh.kind == shapeRecord:
			m.left -= sh.embeddedCost(&sh.fields[i])
			elem = sh.fields[i].shape
		}
		rest, ok = m.cbor(elem, rest, depth)
	}
	return rest, ok
}

func (m *meter) cborMap(sh *shape, b []byte, n uint64, depth int) (rest []byte, ok bool) {
	if n > uint64(len(b))/2 {
		return nil, false
	}
	var key, elem *shape
	switch {
	case sh == nil:
	case sh.kind == shapeAny:
		m.left -= mapCost(int64(n), stringSize, ifaceSize)
		key, elem = &m.text, sh
	case sh.kind == shapeDict:
		m.left -= mapCost(int64(n), sizeOf(sh.key.typ), sizeOf(sh.elem.typ))
		key, elem = sh.key, sh.elem
	}
	rest, ok = b, m.left >= 0
	for i := uint64(0); i < n && ok; i++ {
		if sh != nil && sh.kind == shapeRecord {
			elem = m.cborField(sh, rest)
		}
		if rest, ok = m.cbor(key, rest, depth); ok {
			rest, ok = m.cbor(elem, rest, depth)
		}
	}
	return rest, ok
}

// cborField returns the shape of the field whose name comes next. Names that the
// struct does not have are kept by the library.
func (m *meter) cborField(sh *shape, b []byte) *shape {
	major, n, rest, ok := parseHead(b)
	if !ok {
		return nil
	}
	var f *shapeField
	switch {
	case major == majorText && n <= uint64(len(rest)):
		f = sh.fieldOf(rest[:n], false)
	case major == majorUnsigned:
		f = sh.fieldOf(strconv.AppendUint(nil, n, 10), true)
	case major == majorNegative:
		f = sh.fieldOf(strconv.AppendInt(nil, -1-int64(n), 10), true)
	}
	if f == nil {
		m.left -= maxUnknown + allocated(int64(min(n, uint64(len(b)))))
		return nil
	}
	m.left -= sh.embeddedCost(f)
	return f.shape
}

// fieldOf returns the field of that name, or nil.
func (sh *shape) fieldOf(key []byte, number bool) *shapeField {
	for i := range sh.fields {
		if sh.fields[i].key == string(key) && sh.fields[i].number == number {
			return &sh.fields[i]
		}
	}
	return nil
}
