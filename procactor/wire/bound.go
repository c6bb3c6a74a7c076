package wire

import "strconv"

// Bound names a limit.
type Bound uint8

// The limits of the wire.
const (
	BoundFrame      Bound = iota + 1 // bytes of one frame's payload
	BoundBody                        // bytes of one message's payload, all frames together
	BoundOpen                        // messages open at once
	BoundHello                       // bytes of a HELLO's payload
	BoundTasks                       // tasks in a HELLO
	BoundName                        // bytes of a name
	BoundMapEntries                  // entries of a map
	BoundMapBytes                    // bytes of a map's keys and values
	BoundMarks                       // marks of an error
	BoundWindow                      // bytes of a stream's window
	BoundSkipped                     // bytes of frames that are skipped, from one PING to the next
	BoundDropped                     // bytes thrown away of a message that is too long
)

// String returns b in words.
func (b Bound) String() string {
	switch b {
	case BoundFrame:
		return "bytes of a frame"
	case BoundBody:
		return "bytes of a message"
	case BoundOpen:
		return "open messages"
	case BoundHello:
		return "bytes of a handshake"
	case BoundTasks:
		return "tasks"
	case BoundName:
		return "bytes of a name"
	case BoundMapEntries:
		return "entries of a map"
	case BoundMapBytes:
		return "bytes of a map"
	case BoundMarks:
		return "marks of an error"
	case BoundWindow:
		return "bytes of a window"
	case BoundSkipped:
		return "bytes of frames to skip"
	case BoundDropped:
		return "bytes to drop of a message"
	}
	return "bound " + strconv.Itoa(int(b))
}
