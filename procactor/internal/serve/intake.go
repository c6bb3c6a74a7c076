package serve

import (
	"errors"
	"io"
	"sync/atomic"
)

// errRests ends the reading of a worker that was told to stop and has nothing
// more to do.
var errRests = errors.New("the worker reads no more")

// intake is what a worker reads its requests from. After STOP it waits for
// input before it reads, so that what comes when the last call has ended stays
// in the pipe: whoever has read it would have to answer it.
type intake struct {
	in      io.Reader
	resting atomic.Bool // nothing more is read
	awake   *Awaiter    // for whoever reads; nil before STOP, and where input cannot be waited for
}

// Read implements [io.Reader].
func (i *intake) Read(p []byte) (int, error) {
	if i.awake != nil && !i.resting.Load() {
		i.awake.Input()
	}
	if i.resting.Load() {
		return 0, errRests
	}
	return i.in.Read(p)
}
