package mailbox

// keepSlots is the largest buffer that an empty ring keeps. A million idle
// actors pay for it, so it is small; a ring that is filled and emptied all the
// time saves an allocation per item with it, so it is not zero.
const keepSlots = 16

// ring is a first-in first-out buffer that grows as needed. The zero value is
// empty and holds no memory. It is not safe for concurrent use.
type ring[T any] struct {
	buf  []T // its length is zero or a power of two
	head int // index of the oldest item
	n    int // number of items

	// shed is set once a large buffer was let go: such a ring has shown what it
	// needs, and starts again at keepSlots instead of growing there step by step.
	shed bool
}

// push appends v.
func (r *ring[T]) push(v T) {
	if r.n == len(r.buf) {
		r.grow()
	}
	r.buf[(r.head+r.n)&(len(r.buf)-1)] = v
	r.n++
}

// pop removes the oldest item. The ring must not be empty.
func (r *ring[T]) pop() (v T) {
	slot := &r.buf[r.head&(len(r.buf)-1)]
	v = *slot
	var zero T
	*slot = zero // the buffer must not keep alive what was taken
	r.head = (r.head + 1) & (len(r.buf) - 1)
	r.n--
	if r.n == 0 && len(r.buf) > keepSlots {
		r.shrink()
	}
	return v
}

// at returns the i-th oldest item.
func (r *ring[T]) at(i int) T {
	return r.buf[(r.head+i)&(len(r.buf)-1)]
}

// grow makes room for at least one item more.
func (r *ring[T]) grow() {
	var size int
	switch {
	case len(r.buf) == 0 && r.shed:
		size = keepSlots
	case len(r.buf) == 0:
		size = 1 // most actors never have more than one item waiting
	case len(r.buf) < keepSlots:
		size = len(r.buf) * 4
	default:
		size = len(r.buf) * 2
	}
	buf := make([]T, size)
	k := copy(buf, r.buf[r.head:])
	copy(buf[k:], r.buf[:r.head])
	r.buf, r.head = buf, 0
}

// shrink lets an empty ring's buffer go.
func (r *ring[T]) shrink() {
	r.buf, r.head, r.shed = nil, 0, true
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
	if r.n == 0 && len(r.buf) > keepSlots {
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
