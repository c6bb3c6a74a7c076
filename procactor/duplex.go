package procactor

import (
	"errors"
	"os"
	"time"
)

// duplex joins the two pipes of a worker's frames into one link. Its methods may
// be called from any goroutine, one read and one write at a time.
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

// Read implements [io.Reader].
func (d *duplex) Read(p []byte) (int, error) { return d.r.Read(p) }

// Write implements [io.Writer].
func (d *duplex) Write(p []byte) (int, error) { return d.w.Write(p) }

// Close closes both directions.
func (d *duplex) Close() error { return errors.Join(d.w.Close(), d.r.Close()) }

// Interruptible reports whether a read, and a write, that waits can be interrupted.
func (d *duplex) Interruptible() (reads, writes bool) {
	return d.interruptible, d.interruptible && cutsWrites
}

// InterruptReads has reads fail with os.ErrDeadlineExceeded, those under way too,
// or lets them be again.
func (d *duplex) InterruptReads(on bool) { _ = d.r.SetReadDeadline(deadlineThat(on)) }

// InterruptWrites does the same for writes.
func (d *duplex) InterruptWrites(on bool) { _ = d.w.SetWriteDeadline(deadlineThat(on)) }

// deadlineThat is one that is over, or none.
func deadlineThat(isOver bool) time.Time {
	if isOver {
		return time.Unix(1, 0)
	}
	return time.Time{}
}
