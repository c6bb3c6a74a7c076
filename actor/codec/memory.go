package codec

import (
	"math/bits"
	"reflect"
)

// DefaultMemory is what decoding one message may take at most, in bytes, unless
// [Limits] or [ParseWithin] say otherwise: four times what a message on a wire
// may be by default.
const DefaultMemory = 4 * 256 << 20

// ParseWithin is c.Parse with a bound in bytes on the memory that the decoded
// value takes, for codecs of this package that were not given one by [Limits];
// zero or less means [DefaultMemory]. What would take more is refused with a
// [*LimitError] before anything is decoded.
func ParseWithin[T any](c Codec[T], b []byte, memory int64) (T, error) {
	if bounded, ok := c.(interface {
		parseWithin(b []byte, memory int64) (T, error)
	}); ok {
		return bounded.parseWithin(b, memory)
	}
	return c.Parse(b)
}

// memory returns the bound that holds: the codec's own, otherwise the caller's.
func (l Limits) memory(callers int64) int64 {
	switch {
	case l.Memory > 0:
		return l.Memory
	case callers > 0:
		return callers
	}
	return DefaultMemory
}

// affords refuses an input whose value would take more memory than there is for
// it. Most inputs are too short for that, whatever is in them, and are not read.
func (n *inspector) affords(b []byte, memory int64) error {
	budget := n.limits.memory(memory)
	return n.affordsAs(n.shape(), b, budget)
}

func (n *inspector) affordsAs(sh *seenShape, b []byte, budget int64) error {
	if int64(len(b)) <= budget/sh.perByte {
		return nil
	}
	m := meter{inspector: n, left: budget, depthLimit: n.limits.depth(), text: shape{kind: shapeText}}
	if n.form == formJSON {
		m.json(sh.shape, b, 0)
	} else {
		m.cbor(sh.shape, b, 0)
	}
	if m.left < 0 {
		return &LimitError{What: BoundMemory, Limit: uint64(budget)}
	}
	return nil
}

// meter adds up what decoding allocates, garbage included, and rounds up.
type meter struct {
	*inspector
	left       int64 // what may still be allocated; below zero: too much
	depthLimit int
	text       shape // of the keys of maps in interfaces
}

// pay is false if there is not so much left.
func (m *meter) pay(bytes int64) bool {
	m.left -= bytes
	return m.left >= 0
}

// Sizes of Go's headers and of its boxes in an interface.
const (
	wordSize   = bits.UintSize / 8
	stringSize = 2 * wordSize
	sliceSize  = 3 * wordSize
	ifaceSize  = 2 * wordSize
	mapSize    = 48
	bigSize    = 64 // a big.Int of one word
	groupSlots = 8  // slots of a map that are allocated together
	maxInline  = 128
	// maxUnknown is for each name that a struct does not have: names are kept, to
	// find those that come twice.
	maxUnknown = 160
	maxTables  = 4 // times what a map needs: it doubles, and its parts fill unevenly
	maxGrown   = 6 // times what a slice needs that grows by appending: a long one by a quarter
)

// allocated is what an allocation of n bytes takes at most.
func allocated(n int64) int64 {
	switch {
	case n <= 0:
		return 0
	case n <= 8:
		return 8
	case n <= 16:
		return 16
	}
	return n + min(n/4, 8<<10) + 16 // the steps between sizes; pages above 32 KiB
}

// mapCost is what a map of n pairs takes, with what the libraries need to fill
// it.
func mapCost(n, key, elem int64) int64 {
	cost := 2*mapSize + wordSize + allocated(key) + allocated(elem)
	if n == 0 {
		return cost
	}
	slot := 1 + inline(key) + inline(elem)
	if n <= groupSlots {
		cost += allocated(groupSlots * slot)
	} else {
		cost += maxTables*n*slot + 512
	}
	if key > maxInline {
		cost += n * allocated(key)
	}
	if elem > maxInline {
		cost += n * allocated(elem)
	}
	return cost
}

// inline is what a slot of a map holds of so large a value.
func inline(size int64) int64 {
	if size > maxInline {
		return wordSize
	}
	return size
}

func sizeOf(t reflect.Type) int64 { return int64(t.Size()) }

// perAny bounds what each byte of an input takes that is decoded into an
// interface.
const perAny = 1 << 10

// perByteOf bounds what each byte of an input takes that is decoded into the
// shape: the sum of what an item of each part can take, since each has a byte.
func (sh *shape) perByteOf() int64 {
	total := int64(64)
	for part := range sh.parts(map[*shape]bool{}) {
		switch part.kind {
		case shapePointer:
			total += allocated(sizeOf(part.elem.typ))
		case shapeList:
			if part.typ.Kind() == reflect.Slice {
				total += maxGrown*allocated(sizeOf(part.elem.typ)) + sliceSize
			}
		case shapeDict:
			key, elem := sizeOf(part.key.typ), sizeOf(part.elem.typ)
			total += mapCost(groupSlots, key, elem) + mapCost(groupSlots+1, key, elem)
		case shapeRecord:
			total += maxUnknown
			for i := range part.fields {
				total += part.embeddedCost(&part.fields[i])
			}
		case shapeAny:
			total += perAny
		default:
		}
	}
	return total
}

// parts are the shape and all that it holds.
func (sh *shape) parts(seen map[*shape]bool) map[*shape]bool {
	if sh == nil || seen[sh] {
		return seen
	}
	seen[sh] = true
	for _, f := range sh.fields {
		f.shape.parts(seen)
	}
	sh.key.parts(seen)
	return sh.elem.parts(seen)
}

// embeddedCost is what a field takes that is behind embedded pointers.
func (sh *shape) embeddedCost(f *shapeField) (cost int64) {
	for i, t := 1, sh.typ; i < len(f.index); i++ {
		if t = t.Field(f.index[i-1]).Type; t.Kind() == reflect.Pointer {
			t = t.Elem()
			cost += allocated(sizeOf(t))
		}
	}
	return cost
}
