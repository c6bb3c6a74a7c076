package osproc

import (
	"errors"
	"os"
	"time"
)

// Duplex joins the two pipes of a worker's frames into one link. Its methods may
// be called from any goroutine, one read and one write at a time.
type Duplex struct {
	Replies  *os.File
	Requests *os.File

	interruptible bool
}

// NewDuplex joins the two ends. If they have no deadlines, as they do where
// nothing polls them, nobody can interrupt what waits.
func NewDuplex(replies, requests *os.File) *Duplex {
	return &Duplex{Replies: replies, Requests: requests, interruptible: replies.SetReadDeadline(time.Time{}) == nil}
}

// Read implements [io.Reader].
func (d *Duplex) Read(p []byte) (int, error) { return d.Replies.Read(p) }

// Write implements [io.Writer].
func (d *Duplex) Write(p []byte) (int, error) { return d.Requests.Write(p) }

// Close closes both directions.
func (d *Duplex) Close() error { return errors.Join(d.Requests.Close(), d.Replies.Close()) }

// Interruptible reports whether a read, and a write, that waits can be interrupted.
func (d *Duplex) Interruptible() (reads, writes bool) {
	return d.interruptible, d.interruptible && cutsWrites
}

// InterruptReads has reads fail with os.ErrDeadlineExceeded, those under way too,
// or lets them be again.
func (d *Duplex) InterruptReads(on bool) { _ = d.Replies.SetReadDeadline(deadlineThat(on)) }

// InterruptWrites does the same for writes.
func (d *Duplex) InterruptWrites(on bool) { _ = d.Requests.SetWriteDeadline(deadlineThat(on)) }

// deadlineThat is one that is over, or none.
func deadlineThat(isOver bool) time.Time {
	if isOver {
		return time.Unix(1, 0)
	}
	return time.Time{}
}
