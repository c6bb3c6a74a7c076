package procactor

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/proctor-dev/proctor/internal/link"
)

// duplex joins the two pipes of a worker's frames.
type duplex struct {
	r *os.File
	w *os.File

	interruptible bool
}

// newDuplex joins the two ends. If they have no deadlines, as they do where
// nothing polls them, nobody can interrupt what waits.
func newDuplex(replies, requests *os.File) *duplex {
	return &duplex{r: replies, w: requests, interruptible: replies.SetReadDeadline(time.Time{}) == nil}
}

// linkOf is a worker's channel as its connection uses it. One that was made by a
// user may be anything: callers leave its reading to a goroutine.
func linkOf(rw io.ReadWriteCloser) link.Link {
	if d, ok := rw.(*duplex); ok {
		return d
	}
	return link.Plain(rw)
}

func (d *duplex) Read(p []byte) (int, error)  { return d.r.Read(p) }
func (d *duplex) Write(p []byte) (int, error) { return d.w.Write(p) }

// Close closes both directions.
func (d *duplex) Close() error { return errors.Join(d.w.Close(), d.r.Close()) }

// Interruptible implements [link.Link].
func (d *duplex) Interruptible() (reads, writes bool) {
	return d.interruptible, d.interruptible && cutsWrites
}

// InterruptReads implements [link.Link].
func (d *duplex) InterruptReads(on bool) { _ = d.r.SetReadDeadline(deadlineThat(on)) }

// InterruptWrites implements [link.Link].
func (d *duplex) InterruptWrites(on bool) { _ = d.w.SetWriteDeadline(deadlineThat(on)) }

// deadlineThat is one that is over, or none.
func deadlineThat(isOver bool) time.Time {
	if isOver {
		return time.Unix(1, 0)
	}
	return time.Time{}
}

var _ link.Link = (*duplex)(nil)
