package procactor

import (
	"errors"
	"io"
	"os"
	"time"
)

// duplex joins the two pipes of a worker's frames.
type duplex struct {
	r *os.File
	w *os.File
}

func (d *duplex) Read(p []byte) (int, error)  { return d.r.Read(p) }
func (d *duplex) Write(p []byte) (int, error) { return d.w.Write(p) }

// Close closes both directions.
func (d *duplex) Close() error { return errors.Join(d.w.Close(), d.r.Close()) }

// SetReadDeadline lets a caller that reads for itself be interrupted.
func (d *duplex) SetReadDeadline(t time.Time) error { return d.r.SetReadDeadline(t) }

// SetWriteDeadline does the same for one that writes.
func (d *duplex) SetWriteDeadline(t time.Time) error { return d.w.SetWriteDeadline(t) }

var _ io.ReadWriteCloser = (*duplex)(nil)
