package mailbox

import "weak"

// keepSlots is the largest buffer that an empty ring keeps. A million idle
// actors pay for it, so it is small; a ring that is filled and emptied all the
// time saves an allocation per item with it, so it is not zero.
const keepSlots = 16

// ring is a first-in first-out buffer that grows as needed. The zero value is
// empty and holds no memory. It is not safe for concurrent use.
type ring[T any] struct {
	buf  []T // its length is zero or a power of two; one of length zero may have the capacity keepSlots
	head int // index of the oldest item
	n    int // number of items

	// held is the number of slots before head that are not free yet: a consumer
	// may still be reading the first of them.
	held int

	block *block[T] // what buf is the buffer of, if that is larger than keepSlots

	// spare is the block that an empty ring let go. It is the garbage
	// collector's; a ring that is busy again before that has come by takes it
	// back instead of growing a new one step by step.
	spare weak.Pointer[block[T]]
}

// push appends v.
func (r *ring[T]) push(v T) {
	if r.full() {
		r.grow()
	}
	r.buf[(r.head+r.n)&(len(r.buf)-1)] = v
	r.n++
}

// full reports whether push has to grow the buffer.
func (r *ring[T]) full() bool { return r.n+r.held == len(r.buf) }

// pop removes the oldest item. The ring must not be empty.
func (r *ring[T]) pop() (v T) {
	slot := &r.buf[r.head&(len(r.buf)-1)]
	v = *slot
	var zero T
	*slot = zero // the buffer must not keep alive what was taken
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	if r.block != nil {
		r.popped()
	}
	return v
}

// popped is the rest of pop for a large buffer.
func (r *ring[T]) popped() {
	if r.held > 0 {
		r.held++
	}
	if r.n == 0 {
		r.shrink()
	}
}

// skip removes the k > 0 oldest items, but not all: somebody else has taken
// them, and may not have read and emptied the slot of the last one yet.
func (r *ring[T]) skip(k int) {
	r.head = (r.head + k) & (len(r.buf) - 1)
	r.n -= k
	r.held = 1
}

// at returns the i-th oldest item.
func (r *ring[T]) at(i int) T {
	return r.buf[(r.head+i)&(len(r.buf)-1)]
}

// grow makes room for at least one item more.
func (r *ring[T]) grow() {
	switch size := len(r.buf); {
	case size == 0 && cap(r.buf) > 0:
		r.buf = r.buf[:cap(r.buf)] // what was kept when the block was let go
	case size == 0:
		r.buf = make([]T, 1) // most actors never have more than one item waiting
	case size < keepSlots:
		r.copyTo(make([]T, size*4))
	case r.n <= size/2:
		r.copyToBlock(size) // most of it is held
	default:
		r.copyToBlock(size * 2)
	}
}

// copyToBlock moves the items into a block of at least size slots.
func (r *ring[T]) copyToBlock(size int) {
	b := r.spare.Value()
	r.spare = weak.Pointer[block[T]]{} // used once, or of no use
	if b == nil || len(b.slots) < size {
		b = &block[T]{slots: make([]T, size)}
	}
	small := r.buf
	r.copyTo(b.slots)
	if r.block == nil {
		clear(small)
	} else {
		small = r.block.small
	}
	b.small, r.block = small, b
}

// copyTo moves the items to buf. Slots that are held are not looked at.
func (r *ring[T]) copyTo(buf []T) {
	k := copy(buf, r.buf[r.head:min(r.head+r.n, len(r.buf))])
	copy(buf[k:], r.buf[:r.n-k])
	r.buf, r.head, r.held = buf, 0, 0
}

// shrink lets an empty ring's block go.
func (r *ring[T]) shrink() {
	if r.held == 0 {
		r.spare = r.block.weakly()
	}
	r.buf, r.block.small = r.block.small[:0], nil
	r.block, r.head, r.held = nil, 0, 0
}

// renew moves the items out of a block that a consumer may hold a reference to,
// so that nothing is ever written to it again.
func (r *ring[T]) renew() {
	r.spare = weak.Pointer[block[T]]{}
	if r.block != nil {
		r.copyToBlock(len(r.buf))
	}
}

// discard removes the items whose index, counted from the oldest, is marked.
// It keeps the order of the others.
func (r *ring[T]) discard(marked []bool) {
	mask, kept := len(r.buf)-1, 0
	for i := range r.n {
		if marked[i] {
			continue
		}
		r.buf[(r.head+kept)&mask] = r.buf[(r.head+i)&mask]
		kept++
	}
	var zero T
	for i := kept; i < r.n; i++ {
		r.buf[(r.head+i)&mask] = zero
	}
	r.n = kept
	if r.n == 0 && r.block != nil {
		r.shrink()
	}
}

// appendTo appends all items to dst, oldest first, and leaves the ring empty
// and without a buffer.
func (r *ring[T]) appendTo(dst []T) []T {
	for i := range r.n {
		dst = append(dst, r.at(i))
	}
	*r = ring[T]{}
	return dst
}
