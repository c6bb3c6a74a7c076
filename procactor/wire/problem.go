package wire

import "strconv"

// Problem says what is wrong with a field.
type Problem uint8

// What can be wrong with a field.
const (
	ProblemShort      Problem = iota + 1 // the bytes end before the field does
	ProblemTrailing                      // bytes are left after the last field
	ProblemReserved                      // a reserved bit or byte is not zero
	ProblemValue                         // a value that the field may not have
	ProblemMagic                         // not a Proctor handshake
	ProblemText                          // not UTF-8
	ProblemNumber                        // not a decimal number that fits
	ProblemEmpty                         // a name that must not be empty is
	ProblemDuplicate                     // a name that is there already
	ProblemNotOpen                       // a CHUNK of a message that is not open
	ProblemOpen                          // a frame that cuts into an open message
	ProblemNoProgress                    // an empty CHUNK that is not the last
)

// String returns p in words.
func (p Problem) String() string {
	switch p {
	case ProblemShort:
		return "ends too early"
	case ProblemTrailing:
		return "has bytes after its end"
	case ProblemReserved:
		return "has reserved bits set"
	case ProblemValue:
		return "has a value that is not allowed"
	case ProblemMagic:
		return "is not the magic of a Proctor handshake"
	case ProblemText:
		return "is not UTF-8"
	case ProblemNumber:
		return "is not a decimal number in range"
	case ProblemEmpty:
		return "is empty"
	case ProblemDuplicate:
		return "is there twice"
	case ProblemNotOpen:
		return "continues a message that is not open"
	case ProblemOpen:
		return "cuts into a message that is still open"
	case ProblemNoProgress:
		return "is empty and not the last"
	}
	return "problem " + strconv.Itoa(int(p))
}
