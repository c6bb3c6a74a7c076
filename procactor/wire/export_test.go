package wire

// BufferSize is what the Reader holds, for the tests of its bounds.
func (r *Reader) BufferSize() int { return len(r.buf) }

// UsualBuffer is the size to which a Reader comes back after a large frame.
const UsualBuffer = usualBuffer

// HeldBytes is what an Assembler's open messages hold.
func (a *Assembler) HeldBytes() int {
	n := 0
	for _, m := range a.open {
		n += cap(m.payload)
	}
	return n
}
