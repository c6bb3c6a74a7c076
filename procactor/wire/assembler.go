package wire

// defaultOpen is how many messages may be in pieces at once when the caller of
// NewAssembler does not say.
const defaultOpen = 256

// Assembler puts messages together again that came as a frame and CHUNKs. It
// is pure. Each open message holds a buffer that grows with what has arrived,
// never with what was announced. Messages of different calls may be
// interleaved; within one call, nothing but CHUNK, ERROR and CANCEL may come
// before the last CHUNK.
//
// An Assembler is for one direction of one connection and one goroutine.
type Assembler struct {
	maxBody uint64
	maxOpen int
	open    map[uint64]*message // by id; nil until the first message in pieces
}

// message is one that has not ended.
type message struct {
	head    Header
	payload []byte
	size    uint64
	drop    bool // its bytes are not kept
	told    bool // its end is not told: an error was
}

// NewAssembler returns one that takes messages of at most maxBody bytes (zero:
// the default of [Limits]) and at most maxOpen of them in pieces at once (zero
// or less: 256).
func NewAssembler(maxBody uint64, maxOpen int) *Assembler {
	if maxOpen <= 0 {
		maxOpen = defaultOpen
	}
	return &Assembler{maxBody: Limits{MaxBody: maxBody}.OrDefault().MaxBody, maxOpen: maxOpen}
}

// Open returns the number of messages that have begun and not ended.
func (a *Assembler) Open() int { return len(a.open) }

// Add takes the next frame. When that completes a message, ok is true and
// whole has the header of its first frame, with the length of all of it and
// without [FlagMore]. A message of one frame comes back as it is and aliases
// f; the payload of one in pieces is the caller's own.
//
// Every other frame comes back as it is, too. An ERROR or a CANCEL ends the
// open message with its id: its sender gave it up, and its end is not told.
//
// A message that grows above maxBody is a [*LimitError] with BoundBody, told
// once; whole then has the message's header, so that its call can be failed,
// and what still comes of it is swallowed: the connection may go on. After any other
// error, a [*FormatError] or a [*LimitError] with BoundOpen, or with
// BoundDropped for one that goes on for [HardLimit] bytes more, it cannot.
func (a *Assembler) Add(f Frame) (whole Frame, ok bool, err error) {
	m := a.open[f.ID]
	switch f.Kind {
	case KindChunk:
		if m == nil {
			return f, false, &FormatError{Kind: f.Kind, Field: "id", Offset: 8, Problem: ProblemNotOpen}
		}
		return a.chunk(m, f)
	case KindError, KindCancel:
		delete(a.open, f.ID)
	case KindRequest, KindReply, KindItem, KindEnd:
		if m != nil {
			return f, false, &FormatError{Kind: f.Kind, Field: "id", Offset: 8, Problem: ProblemOpen}
		}
	default:
		return f, true, nil
	}
	if f.Flags&FlagMore != 0 {
		return a.begin(f)
	}
	if uint64(len(f.Payload)) > a.maxBody {
		return Frame{Header: f.Header}, false, a.tooLong(uint64(len(f.Payload)))
	}
	return f, true, nil
}

// Unfinished returns the ids of the open messages of a kind of which no error
// was told, in no order.
func (a *Assembler) Unfinished(kind Kind) (ids []uint64) {
	for id, m := range a.open {
		if m.head.Kind == kind && !m.told {
			ids = append(ids, id)
		}
	}
	return ids
}

// Discard forgets the bytes of the open message id, those that are still to
// come too, for a caller that no longer wants them. Its end is still told: Add
// then returns its header with no payload and ok. Without an open message it
// does nothing.
func (a *Assembler) Discard(id uint64) {
	if m := a.open[id]; m != nil {
		m.drop, m.payload = true, nil
	}
}

func (a *Assembler) begin(f Frame) (Frame, bool, error) {
	if len(a.open) >= a.maxOpen {
		return f, false, &LimitError{What: BoundOpen, Limit: uint64(a.maxOpen), Size: uint64(len(a.open)) + 1}
	}
	if a.open == nil {
		a.open = make(map[uint64]*message)
	}
	m := &message{head: f.Header}
	m.head.Flags &^= FlagMore
	a.open[f.ID] = m
	return a.grow(m, f)
}

func (a *Assembler) chunk(m *message, f Frame) (Frame, bool, error) {
	if len(f.Payload) == 0 && f.Flags&FlagMore != 0 {
		return f, false, &FormatError{Kind: f.Kind, Field: "length", Problem: ProblemNoProgress}
	}
	if f.Flags&FlagMore == 0 {
		delete(a.open, f.ID)
	}
	return a.grow(m, f)
}

// grow adds the payload of f to m, whose last frame it may be.
func (a *Assembler) grow(m *message, f Frame) (Frame, bool, error) {
	m.size += uint64(len(f.Payload))
	if m.size > a.maxBody+HardLimit {
		return Frame{Header: m.head}, false, &LimitError{What: BoundDropped, Limit: HardLimit, Size: m.size - a.maxBody}
	}
	if m.told {
		return Frame{Header: m.head}, false, nil
	}
	if m.size > a.maxBody && !m.drop {
		m.drop, m.told, m.payload = true, true, nil
		return Frame{Header: m.head}, false, a.tooLong(m.size)
	}
	if !m.drop {
		m.payload = append(m.payload, f.Payload...)
	}
	if f.Flags&FlagMore != 0 {
		return Frame{Header: m.head}, false, nil
	}
	whole := Frame{Header: m.head, Payload: m.payload}
	whole.Length = uint32(len(m.payload))
	return whole, true, nil
}

func (a *Assembler) tooLong(size uint64) error {
	return &LimitError{What: BoundBody, Limit: a.maxBody, Size: size}
}
