package wire

// Bounds that are not negotiated.
const (
	HardLimit     = 1 << 30   // no frame, message or window is larger, whatever was said
	MinFrame      = 4 << 10   // no side may ask for smaller frames, so that control frames fit
	MinBody       = 128 << 10 // no side may ask for smaller messages, so that the heads of REQUEST, REPLY and ERROR fit
	MaxHello      = 1 << 20   // bytes of a HELLO's payload, which comes before any agreement
	MaxTasks      = 4096      // tasks in a HELLO
	MaxName       = 255       // bytes of a task's, codec's or build's name, of a map's key, of a mark
	MaxMapEntries = 64        // entries of a map
	MaxMapBytes   = 16 << 10  // bytes of all keys and values of a map
	MaxMarks      = 32        // marks of an ERROR
	MaxMessage    = 64 << 10  // bytes of an ERROR's message that a sender sends; the rest is cut
	MaxText       = 2 << 10   // bytes of a text in BOOT_ERROR, CANCEL and REFUSE that a sender sends; the rest is cut
	MaxSkipped    = 16 << 20  // bytes of frames that are skipped from one PING to the next, with their headers
	MinSkipped    = 1 << 10   // what each such frame counts at least: a small one is not cheaper to read
)

// Limits is what one side says in its HELLO; both then keep to the smaller of
// each. A zero field means the default.
type Limits struct {
	MaxFrame uint32 // bytes of one frame's payload; default 1 MiB
	MaxBody  uint64 // bytes of one message's payload, all its frames together; default 256 MiB
	Window   uint32 // bytes a stream may send before it is given credit; default 256 KiB
}

// DefaultLimits returns the limits of a side that was told none.
func DefaultLimits() Limits {
	return Limits{MaxFrame: 1 << 20, MaxBody: 256 << 20, Window: 256 << 10}
}

// OrDefault returns l with the default instead of each zero field and
// [HardLimit] instead of what is above it.
func (l Limits) OrDefault() Limits {
	d := DefaultLimits()
	if l.MaxFrame == 0 {
		l.MaxFrame = d.MaxFrame
	}
	if l.MaxBody == 0 {
		l.MaxBody = d.MaxBody
	}
	if l.Window == 0 {
		l.Window = d.Window
	}
	return l.Min(Limits{MaxFrame: HardLimit, MaxBody: HardLimit, Window: HardLimit})
}

// Min returns the smaller of each field of l and o: what both sides can do.
func (l Limits) Min(o Limits) Limits {
	return Limits{
		MaxFrame: min(l.MaxFrame, o.MaxFrame),
		MaxBody:  min(l.MaxBody, o.MaxBody),
		Window:   min(l.Window, o.Window),
	}
}

// Check returns a [*LimitError] for limits that are too small to work with: a
// frame under [MinFrame], a message under [MinBody], a window of nothing.
func (l Limits) Check() error {
	switch {
	case l.MaxFrame < MinFrame:
		return &LimitError{What: BoundFrame, Limit: MinFrame, Size: uint64(l.MaxFrame)}
	case l.MaxBody < MinBody:
		return &LimitError{What: BoundBody, Limit: MinBody, Size: l.MaxBody}
	case l.Window == 0:
		return &LimitError{What: BoundWindow, Limit: 1, Size: 0}
	}
	return nil
}
