package link

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// ErrLost says that the worker was gone before the request was sent.
var ErrLost = errors.New("the link to the worker is lost")

// refusedError is why the worker hung up, in its words.
type refusedError struct{ text string }

func (e *refusedError) Error() string { return "the worker refused: " + e.text }

func errNotUnderWay(f wire.Frame) error {
	return fmt.Errorf("a %s came for call %d, which is not under way", f.Kind, f.ID)
}

// IsEnd tells the end of a channel from trouble on it. A closed pipe shows as
// different errors on different systems.
func IsEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) ||
		errors.Is(err, io.ErrClosedPipe) || isBrokenPipe(err)
}

// BodyLimit returns what is said of a message over the limit for bodies, after
// which the connection goes on; nil when err is about something else, which
// ends it.
func BodyLimit(err error) *wire.LimitError {
	limit, ok := errors.AsType[*wire.LimitError](err)
	if !ok || limit.What != wire.BoundBody {
		return nil
	}
	return limit
}
