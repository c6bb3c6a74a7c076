package wire

import (
	"encoding/binary"
	"errors"
	"io"
)

const (
	growth      = 4        // a frame of a megabyte is moved four times while it arrives
	smallBuffer = 4 << 10  // what an idle connection holds
	usualBuffer = 64 << 10 // what a busy one grows to; a large frame grows further and gives it back
	calmReads   = 8        // reads for small frames in a row before that: one large frame is often followed by another
	emptyReads  = 100      // reads of nothing in a row before the source counts as broken
)

// Reader takes frames off a stream of bytes. One read fetches as many small
// frames as have arrived; memory grows only with bytes that have arrived,
// whatever a header claims, and what a large frame needed is given back a few
// reads after it.
//
// An error of the source leaves what was read of a frame in the Reader: after
// an os.ErrDeadlineExceeded, Next can be called again and goes on where it
// was. A malformed header is for ever. A Reader is for one goroutine at a time.
type Reader struct {
	r      io.Reader
	max    uint32
	buf    []byte
	lo, hi int    // buf[lo:hi] has arrived and was not handed out
	offset uint64 // bytes of the frames that were handed out
	calm   int    // reads for small frames since the last large one
	busy   bool   // the last read filled the buffer: a larger one would save reads
	source error  // what r returned together with bytes, told when they are used up
	broken error  // what is wrong with the stream; every later Next returns it
}

// NewReader returns a Reader of the frames in r that refuses payloads above
// maxFrame bytes; zero means the default of [Limits]. It holds no buffer until
// the first Next.
func NewReader(r io.Reader, maxFrame uint32) *Reader {
	rd := &Reader{r: r}
	rd.SetMaxFrame(maxFrame)
	return rd
}

// SetMaxFrame changes the limit for the frames that Next has not returned yet;
// zero means the default. A handshake is read under [MaxHello], the rest under
// what was agreed.
func (r *Reader) SetMaxFrame(maxFrame uint32) {
	r.max = Limits{MaxFrame: maxFrame}.OrDefault().MaxFrame
}

// Next returns the next frame, reading as long as it is not complete. Its
// payload is valid until the next call of Next.
//
// Errors: io.EOF at the end between two frames, io.ErrUnexpectedEOF inside
// one, [*LimitError], [*UnknownKindError] and [*FormatError] for a header that is
// refused, otherwise what the source returned.
func (r *Reader) Next() (Frame, error) {
	for {
		h, need, err := r.peek()
		if err != nil {
			return Frame{}, err
		}
		if r.hi-r.lo >= need && need > 0 {
			f := Frame{Header: h, Payload: r.buf[r.lo+HeaderSize : r.lo+need : r.lo+need]}
			r.lo += need
			r.offset += uint64(need)
			return f, nil
		}
		if err := r.fill(max(need, HeaderSize)); err != nil {
			return Frame{}, err
		}
	}
}

// Offset returns where in the stream, counted from the Reader's first byte, the
// frame ends that Next has returned last.
func (r *Reader) Offset() uint64 { return r.offset }

// Begun returns the header of a frame of which a part has arrived, that is
// the header at least; false when there is none.
func (r *Reader) Begun() (h Header, ok bool) {
	h, need, err := r.peek()
	return h, err == nil && need > 0
}

// Buffered tells whether Next returns without reading, be it a frame or the
// refusal of one.
func (r *Reader) Buffered() bool {
	if r.broken != nil {
		return true
	}
	if r.hi-r.lo < HeaderSize {
		return false
	}
	length := binary.LittleEndian.Uint32(r.buf[r.lo:])
	if length > r.max {
		return true
	}
	if _, err := ParseHeader(r.buf[r.lo:r.hi]); err != nil {
		return true
	}
	return r.hi-r.lo >= HeaderSize+int(length)
}

// peek parses the header at lo. need is the size of the whole frame, zero as
// long as the header is not complete.
func (r *Reader) peek() (h Header, need int, err error) {
	if r.broken != nil {
		return h, 0, r.broken
	}
	if r.hi-r.lo < HeaderSize {
		return h, 0, nil
	}
	h, err = ParseHeader(r.buf[r.lo:r.hi])
	if err == nil && h.Length > r.max {
		err = &LimitError{What: BoundFrame, Limit: uint64(r.max), Size: uint64(h.Length)}
	}
	if err != nil {
		r.broken = err
		return h, 0, err
	}
	return h, HeaderSize + int(h.Length), nil
}

// fill reads once, at least one byte, towards a frame of need bytes.
func (r *Reader) fill(need int) error {
	if r.source != nil {
		err := r.source
		r.source = nil
		return r.ended(err)
	}
	r.room(need)
	for range emptyReads {
		n, err := r.r.Read(r.buf[r.hi:])
		if n < 0 || n > len(r.buf)-r.hi {
			return io.ErrNoProgress // a source that breaks io.Reader's contract
		}
		r.hi += n
		r.busy = r.hi == len(r.buf)
		if n > 0 {
			r.source = err
			return nil
		}
		if err != nil {
			return r.ended(err)
		}
	}
	return io.ErrNoProgress
}

// ended tells an end between two frames from one inside a frame.
func (r *Reader) ended(err error) error {
	if errors.Is(err, io.EOF) && r.hi > r.lo {
		return io.ErrUnexpectedEOF
	}
	return err
}

// room makes buf[hi:] non-empty. It never reserves for a claim: a buffer grows, to
// at most four times its size, only once it is full of bytes that have arrived.
func (r *Reader) room(need int) {
	have := r.hi - r.lo
	size := len(r.buf)
	r.calm++
	if need > usualBuffer {
		r.calm = 0
	}
	switch {
	case size == 0:
		size = smallBuffer
	case size > usualBuffer && r.calm > calmReads && have <= usualBuffer:
		size = usualBuffer
	case have == size:
		size = max(min(growth*size, need), size+HeaderSize)
	case r.busy && size < usualBuffer:
		size *= 2
	}
	r.busy = false
	if size != len(r.buf) {
		buf := make([]byte, size)
		copy(buf, r.buf[r.lo:r.hi])
		r.buf, r.lo, r.hi = buf, 0, have
		return
	}
	if r.lo > 0 && (have == 0 || r.lo+need > size || r.hi == size) {
		copy(r.buf, r.buf[r.lo:r.hi])
		r.lo, r.hi = 0, have
	}
}
