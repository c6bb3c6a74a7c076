package wire

import "fmt"

// FormatError says that bytes are not what the protocol prescribes. After one
// the position in the stream means nothing: the receiver refuses and hangs up.
type FormatError struct {
	Kind    Kind    // the frame; zero when it was not known yet
	Field   string  // the field as docs/protocol.md names it
	Offset  int     // where in the payload; in the header for a header's field
	Problem Problem // what is wrong
}

// Error names the frame, the field, the offset and the problem.
func (e *FormatError) Error() string {
	frame := "frame"
	if e.Kind != 0 {
		frame = e.Kind.String()
	}
	return fmt.Sprintf("wire: %s: %s at byte %d %v", frame, e.Field, e.Offset, e.Problem)
}

// LimitError says that something is larger than was agreed.
type LimitError struct {
	What  Bound
	Limit uint64 // the limit
	Size  uint64 // what was found or claimed
}

// Error names the limit and the size.
func (e *LimitError) Error() string {
	if e.Size < e.Limit {
		return fmt.Sprintf("wire: %d %v, at least %d are needed", e.Size, e.What, e.Limit)
	}
	return fmt.Sprintf("wire: %d %v, the limit is %d", e.Size, e.What, e.Limit)
}

// UnknownKindError says that a critical frame has a kind that this version does not
// know, so that it cannot be skipped.
type UnknownKindError struct{ Kind Kind }

// Error names the kind.
func (e *UnknownKindError) Error() string {
	return fmt.Sprintf("wire: %v is critical and unknown", e.Kind)
}

// VersionError says that the two sides speak different major versions.
type VersionError struct{ Ours, Theirs Version }

// Error names both versions.
func (e *VersionError) Error() string {
	return fmt.Sprintf("wire: we speak version %v, the other side speaks %v", e.Ours, e.Theirs)
}
