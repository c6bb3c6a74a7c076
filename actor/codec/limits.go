package codec

import "strconv"

// Limits of what Append writes and Parse accepts. They are part of the
// protocol: a value or an input beyond them is refused on both sides of a wire.
const (
	MaxNesting  = 64      // levels of arrays and maps in each other, unless [Limits] say otherwise
	MaxElements = 1 << 24 // elements of one CBOR array
	MaxPairs    = 1 << 20 // pairs of one CBOR map
	MaxSize     = 1 << 30 // bytes that a value takes at least; no message on a wire is larger
)

// The least that the one library can be told, and the most that the other reads.
const (
	minDepth = 4
	maxDepth = 10_000
)

// Limits says how much a codec bears; a zero field means the default. See
// [Within].
type Limits struct {
	// Depth is how many arrays and maps (so slices, maps and structs) may be in
	// each other; zero or less means [MaxNesting], and it is at least 4 and at
	// most 10,000. A codec with another depth than [MaxNesting] has it in its name,
	// such as "cbor;depth=200": the two sides of a wire find out before the
	// first request that they do not agree.
	Depth int
	// Memory is how many bytes decoding one message may allocate; zero or less
	// means what the caller of [ParseWithin] says (procactor: four times the
	// agreed limit of a message), otherwise [DefaultMemory]. It is the reader's alone.
	Memory int64
}

func (l Limits) depth() int {
	if l.Depth <= 0 {
		return MaxNesting
	}
	return min(max(l.Depth, minDepth), maxDepth)
}

// named returns the name on the wire of a codec with these limits.
func (l Limits) named(name string) string {
	if d := l.depth(); d != MaxNesting {
		return name + ";depth=" + strconv.Itoa(d)
	}
	return name
}

// Within returns c with other limits. The codecs that [CBOR], [JSON], [Union]
// and [Error] made have limits; any other is returned as it is.
func Within[T any](c Codec[T], l Limits) Codec[T] {
	if limited, ok := c.(interface{ within(l Limits) Codec[T] }); ok {
		return limited.within(l)
	}
	return c
}

// Bound names a limit of a codec.
type Bound uint8

// The limits of a codec.
const (
	BoundDepth    Bound = iota + 1 // levels of arrays and maps in each other
	BoundElements                  // elements of one array
	BoundPairs                     // pairs of one map
	BoundSize                      // bytes that a value takes at least
	BoundMemory                    // bytes that decoding allocates
)

// String returns b in words.
func (b Bound) String() string {
	switch b {
	case BoundDepth:
		return "levels of arrays and maps"
	case BoundElements:
		return "elements of an array"
	case BoundPairs:
		return "pairs of a map"
	case BoundSize:
		return "bytes of a value"
	case BoundMemory:
		return "bytes of memory for what is decoded"
	}
	return "bound " + strconv.Itoa(int(b))
}

// LimitError is the cause when a value that was to be written, or an input, is
// beyond a limit of its codec.
type LimitError struct {
	What  Bound
	Limit uint64
	Path  string // where in a value that was to be written, such as ".Children[3].Next"
	Self  bool   // what is at Path contains itself: no limit would do
	Err   error  // what the library said of an input; otherwise nil
}

// Error names the place and the limit.
func (e *LimitError) Error() string {
	text := "more than " + strconv.FormatUint(e.Limit, 10) + " " + e.What.String()
	switch {
	case e.Self:
		text = "contains itself, so it has " + text
	case e.What == BoundDepth:
		text = ErrNesting.Error() + ": " + text
	}
	return at(e.Path, text)
}

// Unwrap returns what the library said, if it was asked.
func (e *LimitError) Unwrap() error { return e.Err }

// Is makes every error about the depth an [ErrNesting].
func (e *LimitError) Is(target error) bool {
	return target == ErrNesting && e.What == BoundDepth
}

// maxPathInErr is how many bytes of a path the text of an error shows.
const maxPathInErr = 120

// at puts the place before what is wrong there.
func at(path, problem string) string {
	switch {
	case path == "":
		return problem
	case len(path) > maxPathInErr:
		path = path[:maxPathInErr] + "…"
	}
	return path + ": " + problem
}
