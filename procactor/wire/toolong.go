package wire

// The keys of an ERROR's map that say which message was too long. Nothing but
// the error is lost with them, so what makes no sense is ignored.
const (
	keySize  = "size_bytes"
	keyLimit = "limit_bytes"
)

// tooLong appends what e says, unless it is not about a message.
func (w *mapWriter) tooLong(e *LimitError) {
	if e.ofMessage() {
		w.uint(keySize, e.Size)
		w.uint(keyLimit, e.Limit)
	}
}

// tooLong returns what the entries of an ERROR's map say of a message; nil if
// that is nothing.
func (v MapView) tooLong() *LimitError {
	if v.n == 0 {
		return nil
	}
	e := LimitError{What: BoundBody, Size: v.number(keySize), Limit: v.number(keyLimit)}
	if !e.ofMessage() {
		return nil
	}
	return &e
}

// number returns the number that key has; zero without one.
func (v MapView) number(key string) uint64 {
	b, _ := v.Get(key)
	n, _ := number(b)
	return n
}

// ofMessage reports whether e can be about a message: above a limit that two
// sides can have agreed upon.
func (e *LimitError) ofMessage() bool {
	return e != nil && e.What == BoundBody && e.Limit >= MinBody && e.Limit <= HardLimit && e.Size > e.Limit
}
