package procactor

import (
	"errors"
	"io"
	"os"

	"github.com/proctor-dev/proctor/procactor/wire"
)

// isEOF tells the end of a channel from trouble on it. A closed pipe shows as
// different errors on different systems.
func isEOF(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) ||
		errors.Is(err, io.ErrClosedPipe) || isBrokenPipe(err)
}

// isBodyLimit tells a message over the limit for bodies, after which the
// connection goes on, from what ends it.
func isBodyLimit(err error) bool { return bodyLimit(err) != nil }

// bodyLimit returns what is said of a message over the limit for bodies; nil
// when err is about something else.
func bodyLimit(err error) *wire.LimitError {
	limit, ok := errors.AsType[*wire.LimitError](err)
	if !ok || limit.What != wire.BoundBody {
		return nil
	}
	return limit
}
